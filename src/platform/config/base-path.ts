import type { Config } from './schema.ts';

/** The path part of the outside address, without a slash at its end: "" unless Kinora lives under a sub-path. */
export function basePathOf({ http }: Config): string {
  return http.baseUrl ? new URL(http.baseUrl).pathname.replace(/\/+$/, '') : '';
}
