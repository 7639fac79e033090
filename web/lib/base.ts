/** Where Kinora is mounted, from `<base href>`: always starts and ends with a slash. */
export const basePath = new URL('./', document.baseURI).pathname;

/** A link inside the app: `appPath('/watch/abc')` under `/tv/` is `/tv/watch/abc`. */
export function appPath(path: string): string {
  return basePath + path.replace(/^\//, '');
}

/** The other way round: what is left of a location below the base, for comparing with routes. */
export function withoutBase(pathname: string): string {
  return pathname.startsWith(basePath) ? `/${pathname.slice(basePath.length)}` : pathname;
}

/** An address the server answers. Paths that the server itself sent are taken as they are. */
export function serverUrl(path: string): string {
  return new URL(path, new URL(basePath, location.origin)).href;
}

/** A share link a person can send to somebody else. */
export function absoluteUrl(path: string): string {
  return new URL(appPath(path), location.origin).href;
}

export function socketUrl(path: string): string {
  return serverUrl(path).replace(/^http/, 'ws');
}
