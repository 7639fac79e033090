// The browser restores too early, before a page has drawn what it has in the cache.
history.scrollRestoration = 'manual';

const positions = new Map<string, number>();
let current = location.pathname + location.search;

addEventListener('scroll', () => positions.set(current, scrollY), { passive: true });
addEventListener('popstate', () => {
  poppedTo = location.pathname + location.search;
});
let poppedTo: string | null = null;

export function rememberScroll(): void {
  positions.set(current, scrollY);
}

/** After going back the page stands where it was left; after a link it starts at the top. */
export function restoreScroll(url: string): void {
  current = url;
  const top = poppedTo === url ? (positions.get(url) ?? 0) : 0;
  poppedTo = null;
  requestAnimationFrame(() => scrollTo({ top, behavior: 'instant' }));
}
