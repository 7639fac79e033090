import type { BurnInput } from './burn-in.ts';
import { seekTo } from './encoder-args.ts';
import { number } from './filters.ts';
import { inputOf } from './input.ts';

/**
 * A subtitle that began before a session does must be there: reading starts so much earlier. Pictures build upon each other
 * only within one subtitle, which stays no longer than this.
 */
const LOOK_BACK_SEC = 30;
/** ffmpeg clears its canvas and then draws, both at the same time: what is due with a frame would show with the next one. */
const EARLY_SEC = 0.001;

/** The second input of an encoder: the subtitles, moved to the clock of the source. */
export function burnArgs(burn: BurnInput, startSec: number | null, originSec: number): string[] {
  const fromSec = startSec === null ? 0 : startSec - originSec - LOOK_BACK_SEC;
  return [
    ...(fromSec > 0 ? seekTo(fromSec) : []),
    ...['-itsoffset', number(originSec - EARLY_SEC)],
    ...inputOf(burn.path, burn.demuxer),
  ];
}
