/** Where Sentry's protocol sends things, taken apart: https://develop.sentry.dev/sdk/foundations/transport/authentication/ */
export interface Dsn {
  /** The whole text, which each envelope repeats. */
  text: string;
  publicKey: string;
  envelopeUrl: string;
}

/** `https://KEY@HOST/PATH/PROJECT`; null when it is none. */
export function parseDsn(text: string): Dsn | null {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol) || !url.username) return null;
  const [, path, project] = /^(.*)\/([^/]+)$/.exec(url.pathname.replace(/\/$/, '')) ?? [];
  if (!project) return null;
  return { text, publicKey: url.username, envelopeUrl: `${url.origin}${path}/api/${project}/envelope/` };
}
