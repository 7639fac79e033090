/**
 * Where to go after signing in. Only paths inside the app: `next` comes from the address bar, and so from anybody. Browsers take tabs
 * and line breaks out of addresses, which would make `/\t/elsewhere` one of another host.
 */
export function safeNext(next: string | undefined): string {
  return next && /^\/(?![/\\])[^\u0000-\u001f]*$/.test(next) ? next : '/';
}
