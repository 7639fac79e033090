/** Where to go after signing in. Only paths inside the app: `next` comes from the address bar, and so from anybody. */
export function safeNext(next: string | undefined): string {
  return next && /^\/(?![/\\])/.test(next) ? next : '/';
}
