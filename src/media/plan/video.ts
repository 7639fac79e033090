import { mapsRoughly } from '../encode/tone-map.ts';
import type { Grid, MediaInfo, VideoRendition, VideoTrack } from '../types.ts';
import { browserPlaysVideo, codecName } from './codecs.ts';
import { encodedCodecString } from './encoded-codecs.ts';
import { type CopyTrack, containerName, type PlanInput } from './input.ts';
import { encodedRungs, FAST_FRAME_RATE, linesOf, type Rung } from './ladder.ts';
import type { EncodedCodec } from './levels.ts';

/** The pictures' part of the plan: which are copied, which encoded, and why. */

/** A guess for copies of tracks that do not say their rate. */
const GUESSED_VIDEO_KBPS = 5000;
/** A copy's peak, where only its average is known. */
const PEAK_OVER_AVERAGE = 1.6;
/** A rung of the copy's own size in a better codec has to save this much to be worth its disk. */
const WORTHWHILE = 0.75;

/** The track people mean by "the picture": the first default one, or else the largest. */
export function primaryVideo(tracks: readonly VideoTrack[]): VideoTrack | null {
  const area = ({ width, height }: VideoTrack) => width * height;
  return tracks.find(({ isDefault }) => isDefault) ?? [...tracks].sort((a, b) => area(b) - area(a))[0] ?? null;
}

/** From best to smallest, copied before encoded at the same size. */
export function planVideo(
  track: VideoTrack,
  grid: Grid,
  { info, copy, refused, grids, settings, lacking }: PlanInput,
): VideoRendition[] {
  const cut = grids.source ? (copy.get(track.index) ?? null) : null;
  const verdict = judgeVideo(track, info, cut, refused?.get(track.index) ?? null);
  const sourceKbps = track.bitrateKbps ?? info.bitrateKbps;
  const alone = grids.sparse;
  const whyFull = `${verdict.universal && alone ? WHY_SPARSE : verdict.whyEncoded}${whyRough(track, lacking)}`;
  const copied =
    verdict.codecString === null
      ? null
      : copiedVideo(track, { ...cut, codecString: verdict.codecString }, verdict.why, sourceKbps, alone);
  const ladder = (codec: EncodedCodec) => {
    const rungs = encodedRungs({ ...track, bitrateKbps: sourceKbps }, settings, { codec });
    const why = (n: number) => (n === 0 && codec === settings.codecs[0] ? whyFull : whyRung(codec));
    const encoded = rungs.map((rung, n) => encodedVideo(track, rung, grid, why(n)));
    return copied && encoded[0] && !isTwinUseful(encoded[0], copied, verdict.universal) ? encoded.slice(1) : encoded;
  };
  const asked = [...new Set(settings.codecs)].flatMap(ladder);
  // A picture too small for any of them is still a picture.
  const encoded = asked.length > 0 || copied ? asked : ladder('h264');
  const sorted = encoded.sort((a, b) => b.width * b.height - a.width * a.height);
  return copied ? [copied, ...sorted] : sorted;
}

/** Whether a ladder's top rung is worth having beside a copy of about the same size. */
function isTwinUseful(top: VideoRendition, copied: VideoRendition, universal: boolean): boolean {
  const isTwin = top.width * top.height > copied.width * copied.height * 0.7;
  // It cannot be switched away from, or is far too heavy.
  if (!isTwin || copied.alone || copied.bitrateKbps > 2 * top.peakKbps) return true;
  if (top.codec === 'h264') return !universal;
  return top.codec !== copied.codec && top.bitrateKbps < WORTHWHILE * copied.bitrateKbps;
}

const WHY_SPARSE = 'Encoded: the key frames of the original are too far apart to switch at.';

/** Why there is a rung that no verdict on the track asked for. */
function whyRung(codec: string): string {
  if (codec === 'h264') return 'Encoded to switch down on slower connections.';
  return `Encoded as ${codecName(codec)}: about the same picture in fewer bits, for players that know it.`;
}

/** What comes out otherwise than it should, as this server's ffmpeg was built without a part. */
function whyRough(track: VideoTrack, lacking: ReadonlySet<string> | undefined): string {
  if (track.range !== 'sdr' && mapsRoughly(lacking)) {
    return " Its brightest and strongest colours may be a little off: this server's ffmpeg was built without zscale.";
  }
  return '';
}

interface Verdict {
  /** Null where it is not offered copied. */
  codecString: string | null;
  universal: boolean;
  /** Why it is copied. */
  why: string;
  /** Why there is an encoded rendition of its full size. */
  whyEncoded: string;
}

function judgeVideo(track: VideoTrack, info: MediaInfo, cut: CopyTrack | null, refusal: string | null): Verdict {
  const name = codecName(track.codec);
  const refused = (whyEncoded: string): Verdict => ({ codecString: null, universal: false, why: '', whyEncoded });
  if (track.rotation !== 0) return refused('Encoded: it is stored turned, and not every player turns it upright.');
  if (track.mirrored) return refused('Encoded: it is stored mirrored, and not every player turns it over.');
  if (track.hasAlpha) return refused('Encoded: it has a transparent background, which is made black.');
  if (track.interlaced) return refused('Encoded: it is interlaced, and browsers show only whole frames well.');
  if (track.dolbyVision === 5) {
    return refused(
      'Encoded: it is Dolby Vision of profile 5, whose colours only its own decoders know: they may be off.',
    );
  }
  const support = browserPlaysVideo(track);
  if (support === 'none') return refused(unplayable(track, name));
  if (!cut)
    return refused(refusal ?? `Encoded: the packager cannot cut ${name} out of this ${containerName(info)} file.`);
  if (support === 'universal') {
    return {
      codecString: cut.codecString,
      universal: true,
      why: `Copied: ${name} plays in every browser, so the original is cut into segments untouched.`,
      whyEncoded: 'Encoded: the original is too heavy for most connections.',
    };
  }
  const hdr = track.range === 'sdr' ? '' : ' Its wide range of brightness (HDR) is mapped to what every screen shows.';
  return {
    codecString: cut.codecString,
    universal: false,
    why: `Copied for browsers that play ${name}: the original is cut into segments untouched.`,
    whyEncoded: `Encoded: ${name} does not play in every browser.${hdr}`,
  };
}

function unplayable(track: VideoTrack, name: string): string {
  if (track.codec === 'vp8') return 'Encoded: VP8 cannot be delivered in segments that browsers read.';
  if (track.chroma !== '420') return `Encoded: browsers do not play ${name} with ${chromaName(track)} colour.`;
  if (track.bitDepth > 8) return `Encoded: browsers do not play ${name} with ${track.bitDepth} bits a colour.`;
  return `Encoded: browsers do not play ${track.profile ? `${name} ${track.profile}` : name}.`;
}

const chromaName = ({ chroma }: VideoTrack) => (chroma === 'other' ? 'this kind of' : `4:${chroma[1]}:${chroma[2]}`);

function copiedVideo(
  track: VideoTrack,
  { codecString, bandwidth, keyFrames }: CopyTrack,
  why: string,
  kbps: number | null,
  alone: boolean,
): VideoRendition {
  const bitrateKbps = bandwidth?.bitrateKbps ?? kbps ?? GUESSED_VIDEO_KBPS;
  return {
    kind: 'video',
    mode: 'copied',
    trackIndex: track.index,
    label: alone ? 'Original' : videoLabel(linesOf(track).named, track.frameRate),
    codecString,
    codec: track.codec,
    bitrateKbps,
    peakKbps: bandwidth?.peakKbps ?? Math.round(bitrateKbps * PEAK_OVER_AVERAGE),
    ...(keyFrames ? { keyFrames } : {}),
    grid: 'source',
    why: alone ? `${why} Its key frames are over 10 s apart, so it is offered alone, without switching.` : why,
    width: track.width,
    height: track.height,
    frameRate: track.frameRate,
    range: track.range,
    level: null,
    alone,
  };
}

function encodedVideo(track: VideoTrack, rung: Rung, grid: Grid, why: string): VideoRendition {
  const { lines, ...size } = rung;
  return {
    kind: 'video',
    mode: 'encoded',
    trackIndex: track.index,
    label: videoLabel(lines, rung.frameRate),
    codecString: encodedCodecString(rung.codec, rung.level, track),
    grid,
    why,
    range: 'sdr',
    alone: false,
    ...size,
  };
}

function videoLabel(lines: number, frameRate: number | null): string {
  return `${lines}p${frameRate !== null && frameRate > FAST_FRAME_RATE ? Math.round(frameRate) : ''}`;
}
