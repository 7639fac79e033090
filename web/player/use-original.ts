import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { MediaPlayerElement } from 'vidstack/elements';
import type { PlaybackWire } from '../../src/features/videos/api.ts';
import { browserStart, startsWithOriginal } from './start-quality.ts';

const STALLED_MS = 5000;

/** "first": the player began with the original by itself. "chosen": the person wants it. */
export type Original = 'no' | 'first' | 'chosen';

/** Whether the untouched original is played, and who decided so. What we chose ourselves is given up when it stalls. */
export function useOriginal(
  element: RefObject<MediaPlayerElement | null>,
  playback: PlaybackWire,
  startMs: number,
  durationMs: number | null,
): [Original, (original: Original) => void] {
  const [original, setOriginal] = useState<Original>(() =>
    startsWithOriginal(playback, browserStart(startMs, durationMs)) ? 'first' : 'no',
  );
  useEffect(() => {
    const player = element.current;
    if (original !== 'first' || !player) return;
    const listening = new AbortController();
    const on = { signal: listening.signal };
    let timer: ReturnType<typeof setTimeout> | undefined;
    const giveUp = () => setOriginal('no');
    const forgive = () => clearTimeout(timer);
    player.addEventListener(
      'waiting',
      () => {
        clearTimeout(timer);
        // Before the first picture anything else would take longer still.
        if (player.state.started) timer = setTimeout(giveUp, STALLED_MS);
      },
      on,
    );
    for (const good of ['playing', 'pause', 'ended'] as const) player.addEventListener(good, forgive, on);
    player.addEventListener('error', giveUp, on);
    return () => {
      clearTimeout(timer);
      listening.abort();
    };
  }, [original]);
  return [original, setOriginal];
}
