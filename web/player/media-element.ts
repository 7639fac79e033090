import type { MediaPlayerElement } from 'vidstack/elements';

/** The browser's own element, which knows best. Null until the player has made it. */
export function mediaOf(player: MediaPlayerElement): HTMLMediaElement | null {
  return player.querySelector('video, audio');
}

/** Plays or pauses by what the element does, not by what Vidstack believes: see below. Rejections are no news: nothing plays. */
export function playOrPause(player: MediaPlayerElement): void {
  const media = mediaOf(player);
  if (!media || !player.state.canPlay) void player.play().catch(() => {});
  else if (media.paused) void media.play().catch(() => {});
  else media.pause();
}

/** Vidstack overlooks a pause that comes while a seek is under way: it is told again when the seek is done. */
export function repeatMissedPauses(player: MediaPlayerElement, signal: AbortSignal): void {
  const look = () => {
    const media = mediaOf(player);
    if (media?.paused && !media.ended && player.state.canPlay && !player.paused)
      media.dispatchEvent(new Event('pause'));
  };
  player.addEventListener('seeked', () => setTimeout(look), { signal, capture: true });
}
