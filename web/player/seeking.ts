import type { HLSProvider } from 'vidstack';
import type { MediaPlayerElement } from 'vidstack/elements';
import { mediaOf } from './media-element.ts';

/** Where a player that has nothing to play yet is to start, in seconds. */
const starts = new WeakMap<MediaPlayerElement, number>();

/** Says where the source that is loaded next begins. */
export function startAt(player: MediaPlayerElement, seconds: number): void {
  const hls = (player.provider as HLSProvider | null)?.instance;
  if (hls) hls.config.startPosition = seconds;
  starts.set(player, seconds);
}

export function startOf(player: MediaPlayerElement): number | undefined {
  return starts.get(player);
}

/** Called once the source can be played. Players that read HLS themselves know nothing of hls.js's start position. */
export function arriveAtStart(player: MediaPlayerElement): void {
  const start = starts.get(player);
  starts.delete(player);
  if (start !== undefined && Math.abs(timeOf(player) - start) > 1) seekTo(player, start);
}

/**
 * The time last asked for, in seconds. The media element knows it as soon as it was asked; Vidstack's own state only
 * when the seek is under way, so that two quick keys would both start from the same place.
 */
export function timeOf(player: MediaPlayerElement): number {
  return starts.get(player) ?? mediaOf(player)?.currentTime ?? player.currentTime;
}

/** Goes to a time inside the video, before or after it can be played. */
export function seekTo(player: MediaPlayerElement, seconds: number): void {
  const last = player.duration > 0 ? player.duration : Number.POSITIVE_INFINITY;
  const time = Math.min(last, Math.max(0, seconds));
  const media = mediaOf(player);
  if (starts.has(player)) startAt(player, time);
  // Past Vidstack: it drops a seek to the time that it still believes to be the present one.
  else if (media) media.currentTime = time;
  else player.currentTime = time;
}
