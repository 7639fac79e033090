import type { BurnsIn, Grid, LadderSettings, MediaInfo, VideoRendition } from '../types.ts';
import { encodedCodecString } from './encoded-codecs.ts';
import { encodedRungs } from './ladder.ts';
import { primaryVideo } from './video.ts';

const MOST_LINES = 1080;

/** The rendition of a picture with subtitles drawn in: H.264, which plays everywhere, of at most 1080 lines. */
export function planBurnt(
  info: MediaInfo,
  burns: BurnsIn,
  { grid, settings }: { grid: Grid; settings: LadderSettings },
): VideoRendition | null {
  const track = primaryVideo(info.video);
  if (!track) return null;
  const sourceKbps = track.bitrateKbps ?? info.bitrateKbps;
  const rung = encodedRungs({ ...track, bitrateKbps: sourceKbps }, settings, { upTo: MOST_LINES })[0]!;
  const { lines, ...size } = rung;
  return {
    kind: 'video',
    mode: 'encoded',
    trackIndex: track.index,
    label: `${lines}p`,
    codecString: encodedCodecString(rung.codec, rung.level, track),
    grid,
    why: 'Encoded: these subtitles are pictures, which are drawn into the film.',
    range: 'sdr',
    alone: false,
    burns,
    ...size,
  };
}
