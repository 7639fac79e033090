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
    let asking: Promise<boolean> | null = null;
    const askOnce = () => {
      asking ??= hasFresh().finally(() => {
        asking = null;
      });
      return asking;
    };
    const hasFresh = async () => {
      const failed = latest.current.playback.hls;
      const fresh = await latest.current.onStale().catch(() => undefined);
      return fresh !== undefined && fresh.hls !== failed;
    };
    const listening = new AbortController();
    const on = { signal: listening.signal };
    element.current?.addEventListener(
      'error',
      async () => {
        if (!(await askOnce())) latest.current.onFailed();
      },
      on,
    );
    // hls.js would ask in vain for half a minute before it gives up.
    element.current?.addEventListener(
      'hls-error',
      ({ detail }) => {
        if (detail.response?.code === 403) void askOnce();
      },
      on,
    );
    return () => listening.abort();
  }, []);
}
