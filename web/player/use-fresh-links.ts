import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { MediaPlayerElement } from 'vidstack/elements';
import type { PlaybackWire } from '../../src/features/videos/api.ts';

/** How long before their end links are replaced. */
const EARLY_MS = 30_000;

/**
 * Keeps the links to the video alive. New ones are asked for shortly before the old ones run out; and when playing fails, as the
 * machine may have slept through that. Only where there are no other links than those that failed, somebody is told.
 */
export function useFreshLinks(
  element: RefObject<MediaPlayerElement | null>,
  playback: PlaybackWire,
  onStale: () => Promise<PlaybackWire | undefined>,
  onFailed: () => void,
): void {
  const latest = useRef({ playback, onStale, onFailed });
  latest.current = { playback, onStale, onFailed };

  useEffect(() => {
    if (playback.expiresAtMs === null) return;
    const waitMs = Math.max(0, playback.expiresAtMs - Date.now() - EARLY_MS);
    const timer = setTimeout(() => void latest.current.onStale(), Math.min(2 ** 31 - 1, waitMs));
    return () => clearTimeout(timer);
  }, [playback.expiresAtMs]);

  useEffect(() => {
    const recover = async () => {
      const failed = latest.current.playback.hls;
      const fresh = await latest.current.onStale().catch(() => undefined);
      if (!fresh || fresh.hls === failed) latest.current.onFailed();
    };
    const listening = new AbortController();
    element.current?.addEventListener('error', () => void recover(), { signal: listening.signal });
    return () => listening.abort();
  }, []);
}
