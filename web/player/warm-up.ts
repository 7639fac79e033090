let warmed = false;

/** Fetches the player's code ahead of its use, when the browser has nothing better to do: pictures then come at once. */
export function warmUpPlayer(): void {
  if (warmed) return;
  warmed = true;
  const whenIdle = window.requestIdleCallback ?? ((run: () => void) => setTimeout(run, 300));
  // A failure here is none: the player is asked for again when it is needed.
  whenIdle(() => void Promise.allSettled([import('./player.tsx'), import('hls.js')]));
}
