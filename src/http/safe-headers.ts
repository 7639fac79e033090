/**
 * What every answer says. The router gives them to whatever goes through Hono's context; a `Response` made by itself does not
 * take anything from there and has to bring them along.
 */
export const PROTECTIVE_HEADERS: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'same-origin',
};
