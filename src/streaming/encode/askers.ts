import { SECOND_MS, type TimeMs } from '../../core/time.ts';
import type { Clock } from '../../platform/clock.ts';

/**
 * What one viewer wants of one video's pictures, or of its sound: the place they asked for last, and whether they stay
 * anywhere long enough to get what they asked for.
 */
export interface Asker {
  /** Null for a stranger, who is another one each time. */
  viewer: string | null;
  /** When encoders were started for them of which they took nothing. */
  wasted: TimeMs[];
}

export interface Askers {
  of(viewer: string | null, videoId: string, kind: 'video' | 'audio'): Asker;
  /** An encoder was started for them. */
  started(asker: Asker): void;
  /** They have got something they asked for: whatever they ask for next is meant. */
  served(asker: Asker): void;
  /** How long to see whether they jump on before an encoder is started for them. */
  quietMs(asker: Asker): number;
}

/** Long enough for somebody who drags along the time line to be elsewhere, too short for somebody who waits to notice. */
const QUIET_MS = 250;
const WINDOW_MS = 10 * SECOND_MS;
/** So many starts for nothing are a person seeking; more are somebody who holds a key down, or a program. */
const FREE_STARTS = 3;
const KEPT = 1000;

export function createAskers(clock: Clock): Askers {
  const askers = new Map<string, Asker>();
  const recent = (asker: Asker) => {
    asker.wasted = asker.wasted.filter((atMs) => atMs > clock.nowMs() - WINDOW_MS);
    return asker.wasted;
  };
  return {
    of(viewer, videoId, kind) {
      if (viewer === null) return { viewer, wasted: [] };
      const key = `${viewer} ${videoId} ${kind}`;
      const asker = askers.get(key) ?? { viewer, wasted: [] };
      askers.delete(key);
      askers.set(key, asker);
      for (const oldest of askers.keys()) {
        if (askers.size <= KEPT) break;
        askers.delete(oldest);
      }
      return asker;
    },
    started: (asker) => void recent(asker).push(clock.nowMs()),
    served(asker) {
      asker.wasted = [];
    },
    quietMs(asker) {
      const wasted = recent(asker).length;
      if (wasted === 0) return 0;
      return wasted <= FREE_STARTS ? QUIET_MS : SECOND_MS;
    },
  };
}
