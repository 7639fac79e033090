import { AAC_LC, browserPlaysAudio, browserPlaysVideo, codecName, h264CodecString } from './codecs.ts';
import { describeAudio, markDuplicates } from './labels.ts';
import { encodedRungs, FAST_FRAME_RATE, linesOf, type Rung } from './ladder.ts';
import type {
  AudioRendition,
  AudioTrack,
  Grid,
  LadderSettings,
  MediaInfo,
  Rendition,
  VideoRendition,
  VideoTrack,
} from './types.ts';

/** Copy or encode, and why: the one place that decides. */
export interface PlanInput {
  info: MediaInfo;
  /** Tracks the packager can cut, by stream index, with their exact RFC 6381 codecs string. */
  copy: ReadonlyMap<number, { codecString: string }>;
  /** `source`: its key frames make a grid that can be shared. `sparse`: they are over 10 s apart in places. */
  grids: { source: boolean; sparse: boolean };
  settings: LadderSettings;
}

const MOST_AUDIO = 16;
/** Guesses for copies of tracks that do not say their rate. */
const GUESSED_AUDIO_KBPS = 192;
const GUESSED_VIDEO_KBPS = 5000;
/** A copy's peak, where only its average is known. */
const PEAK_OVER_AVERAGE = 1.6;
const H264_HIGH = 100;

/**
 * All renditions of a source: video from best to smallest (copied before encoded at the same size), then one for each audio
 * track, the default first. The same input always gives the same list.
 */
export function planRenditions(input: PlanInput): Rendition[] {
  const { info, grids } = input;
  // Even where all is encoded, the source's own key frames are the best places to cut: sessions start there quickest.
  const grid: Grid = info.video.length > 0 && grids.source && !grids.sparse ? 'source' : 'regular';
  const track = primaryVideo(info.video);
  const video = track ? planVideo(track, grid, input) : [];
  return [...markDuplicates(video), ...planAudio(input, grid)];
}

/** The track people mean by "the picture": the first default one, or else the largest. */
export function primaryVideo(tracks: readonly VideoTrack[]): VideoTrack | null {
  const area = ({ width, height }: VideoTrack) => width * height;
  return tracks.find(({ isDefault }) => isDefault) ?? [...tracks].sort((a, b) => area(b) - area(a))[0] ?? null;
}

function planVideo(track: VideoTrack, grid: Grid, { info, copy, grids, settings }: PlanInput): VideoRendition[] {
  const verdict = judgeVideo(track, info, grids.source ? (copy.get(track.index) ?? null) : null);
  const sourceKbps = track.bitrateKbps ?? info.bitrateKbps;
  const rungs = encodedRungs({ ...track, bitrateKbps: sourceKbps }, settings);
  const alone = grids.sparse;
  const whyFull = verdict.universal && alone ? WHY_SPARSE : verdict.whyEncoded;
  const encoded = rungs.map((rung, n) => encodedVideo(track, rung, grid, n === 0 ? whyFull : WHY_SMALLER));
  if (verdict.codecString === null) return encoded;
  const copied = copiedVideo(track, verdict.codecString, verdict.why, sourceKbps, alone);
  const top = encoded[0]!;
  const isTwin = top.width * top.height > copied.width * copied.height * 0.7;
  // A copy that every browser plays and that can be switched away from needs no twin, unless it is far too heavy.
  const twinUseful = !verdict.universal || alone || copied.bitrateKbps > 2 * top.peakKbps;
  return [copied, ...(isTwin && !twinUseful ? encoded.slice(1) : encoded)];
}

const WHY_SPARSE = 'Encoded: the key frames of the original are too far apart to switch at.';
const WHY_SMALLER = 'Encoded to switch down on slower connections.';

interface Verdict {
  /** Null where it is not offered copied. */
  codecString: string | null;
  universal: boolean;
  /** Why it is copied. */
  why: string;
  /** Why there is an encoded rendition of its full size. */
  whyEncoded: string;
}

function judgeVideo(track: VideoTrack, info: MediaInfo, cut: { codecString: string } | null): Verdict {
  const name = codecName(track.codec);
  const refused = (whyEncoded: string): Verdict => ({ codecString: null, universal: false, why: '', whyEncoded });
  if (track.rotation !== 0) return refused('Encoded: it is stored turned, and not every player turns it upright.');
  if (track.hasAlpha) return refused('Encoded: it has a transparent background, which is made black.');
  if (track.interlaced) return refused('Encoded: it is interlaced, and browsers show only whole frames well.');
  const support = browserPlaysVideo(track);
  if (support === 'none') return refused(refusal(track, name));
  if (!cut) return refused(`Encoded: the packager cannot cut ${name} out of this ${containerName(info)} file.`);
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

function refusal(track: VideoTrack, name: string): string {
  if (track.codec === 'vp8') return 'Encoded: VP8 cannot be delivered in segments that browsers read.';
  if (track.chroma !== '420') return `Encoded: browsers do not play ${name} with ${chromaName(track)} colour.`;
  if (track.bitDepth > 8) return `Encoded: browsers do not play ${name} with ${track.bitDepth} bits a colour.`;
  return `Encoded: browsers do not play ${track.profile ? `${name} ${track.profile}` : name}.`;
}

const chromaName = ({ chroma }: VideoTrack) => (chroma === 'other' ? 'this kind of' : `4:${chroma[1]}:${chroma[2]}`);

function containerName({ container }: MediaInfo): string {
  const names: Partial<Record<string, string>> = {
    mp4: 'MP4',
    matroska: 'Matroska',
    webm: 'WebM',
    mpegts: 'MPEG-TS',
    mpegps: 'MPEG',
  };
  return names[container.name] ?? container.name.toUpperCase();
}

function copiedVideo(
  track: VideoTrack,
  codecString: string,
  why: string,
  kbps: number | null,
  alone: boolean,
): VideoRendition {
  const bitrateKbps = kbps ?? GUESSED_VIDEO_KBPS;
  return {
    kind: 'video',
    mode: 'copied',
    trackIndex: track.index,
    label: alone ? 'Original' : videoLabel(linesOf(track).named, track.frameRate),
    codecString,
    codec: track.codec,
    bitrateKbps,
    peakKbps: Math.round(bitrateKbps * PEAK_OVER_AVERAGE),
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
    codecString: h264CodecString(H264_HIGH, 0, rung.level),
    codec: 'h264',
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

function planAudio({ info, copy, settings }: PlanInput, grid: Grid): AudioRendition[] {
  const tracks = info.audio.slice(0, MOST_AUDIO);
  const defaultTrack = tracks.find(({ isDefault }) => isDefault) ?? tracks[0];
  const ordered = [...tracks].sort((a, b) => Number(b === defaultTrack) - Number(a === defaultTrack));
  const delivered = ordered.map((track) => {
    const cut = copy.get(track.index) ?? null;
    const copied = cut !== null && browserPlaysAudio(track) === 'universal';
    return copied ? copiedAudio(track, cut.codecString) : encodedAudio(track, info, settings);
  });
  const labels = describeAudio(ordered.map((track, n) => ({ ...track, channels: delivered[n]!.channels })));
  return ordered.map((track, n) => ({
    kind: 'audio',
    trackIndex: track.index,
    label: labels[n]!,
    grid,
    language: track.language,
    title: track.title,
    isDefault: track === defaultTrack,
    ...delivered[n]!,
  }));
}

function copiedAudio(track: AudioTrack, codecString: string) {
  const bitrateKbps = track.bitrateKbps ?? GUESSED_AUDIO_KBPS;
  return {
    mode: 'copied' as const,
    codec: track.codec,
    codecString,
    bitrateKbps,
    peakKbps: Math.round(bitrateKbps * 1.2),
    channels: track.channels,
    sampleRate: track.sampleRate,
    why: `Copied: ${codecName(track.codec)} plays in every browser, so the original is cut into segments untouched.`,
  };
}

function encodedAudio(track: AudioTrack, info: MediaInfo, { audioKbps }: LadderSettings) {
  const name = codecName(track.codec);
  const channels = track.channels === 1 ? 1 : 2;
  const bitrateKbps = channels === 1 ? Math.ceil(audioKbps / 2) : audioKbps;
  const plays = browserPlaysAudio(track) === 'universal';
  const uncut = `Encoded: the packager cannot cut ${name} out of this ${containerName(info)} file.`;
  return {
    mode: 'encoded' as const,
    codec: 'aac',
    codecString: AAC_LC,
    bitrateKbps,
    peakKbps: Math.round(bitrateKbps * 1.2),
    channels,
    sampleRate: 48_000,
    why: plays ? uncut : `Encoded: ${name} does not play in every browser.`,
  };
}
