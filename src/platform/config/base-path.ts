import type { Config } from './schema.ts';

/** The path part of the outside address, without a slash at its end: "" unless Kinora lives under a sub-path. */
export function basePathOf({ http }: Config): string {
  return http.baseUrl ? new URL(http.baseUrl).pathname.replace(/\/+$/, '') : '';
}

/** A path of ours as people outside reach it: absolute where the configuration says how, else from the root of the host. */
export function outsideUrl({ http }: Config, path: string): string {
  return http.baseUrl.replace(/\/+$/, '') + path;
}

/** The path of a request below the base path. One without it has come through a proxy that takes it off. */
export function withoutBasePath(base: string, path: string): string {
  return base && path.startsWith(`${decodeURI(base)}/`) ? path.slice(decodeURI(base).length) : path;
}
