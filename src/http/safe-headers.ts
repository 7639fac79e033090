/**
 * What every answer says. The router gives them to whatever goes through Hono's context; a `Response` made by itself does not
 * take anything from there and has to bring them along.
 */
export const PROTECTIVE_HEADERS: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'same-origin',
};

/**
 * For pages. Everything is ours and on this host, also the WebAssembly that draws subtitles; media are fetched and decoded through
 * blobs by the player. Styles may be inline: the player positions things so.
 */
export const PAGE_POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "worker-src 'self' blob:",
  "connect-src 'self' blob: data:",
  "object-src 'none'",
  "base-uri 'self'",
  "frame-ancestors 'self'",
  "form-action 'self'",
].join('; ');
