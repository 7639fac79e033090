import type { EncodedPacketSink, InputTrack } from 'mediabunny';
import { firstPacketsArgv } from '../media/argv.ts';
import { type CutPoint, regularGrid, sourceGrid, TARGET_US } from '../media/boundaries.ts';
import { deliveredCodecString } from '../media/codecs.ts';
import type { CopyTrack } from '../media/plan-input.ts';
import type { AudioTrack, MediaInfo, VideoTrack } from '../media/types.ts';
import type { Ffmpeg } from '../platform/ffmpeg.ts';
import type { InputPool, OpenInput } from './input-pool.ts';
import { measureCopies } from './measure.ts';
import type { Timeline } from './source.ts';

/** What the packager found out about a source: its clocks, its grid, and which tracks it can cut. */
export interface Inspection {
  timeline: Timeline;
  /** By ffprobe's stream index, the tracks that can be cut just in time. */
  copy: Map<number, CopyTrack>;
}

/** A key frame this much later than where it was looked for is as good. */
const LATE_KEY_SEC = 0.5;
const METADATA = { metadataOnly: true } as const;

interface InspectPorts {
  pool: InputPool;
  ffmpeg: Pick<Ffmpeg, 'probe'>;
}

/** The codec names of the packager, by ffmpeg's. */
const PACKAGER_CODECS: Record<string, string> = {
  h264: 'avc',
  hevc: 'hevc',
  av1: 'av1',
  vp9: 'vp9',
  aac: 'aac',
  opus: 'opus',
  mp3: 'mp3',
  flac: 'flac',
  ac3: 'ac3',
  eac3: 'eac3',
};

/** What RFC 6381 calls codecs by their sample entries, where the packager has a name of its own. */
const SAMPLE_ENTRIES: Record<string, string> = { opus: 'Opus', flac: 'fLaC', mp3: 'mp4a.6B' };
const BARE = new Set(['adts', 'mp3']);
/** Differences smaller than this are rounding, larger ones no delay of a codec. */
const LEAST_SHIFT_SEC = 0.0005;
const MOST_SHIFT_SEC = 0.5;
/** Enough to know the earliest time among reordered ones. */
const FIRST_PACKETS = 20;

/**
 * Finds a source's segment boundaries and clocks without walking the file: the key frame at or before each multiple of
 * 4 s is asked for. Where the packager cannot read the container, a regular grid is all there is.
 */
export async function inspectSource(
  { pool, ffmpeg }: InspectPorts,
  path: string,
  info: MediaInfo,
): Promise<Inspection> {
  let input: OpenInput | null = null;
  try {
    input = await pool.open(path);
  } catch {
    // Not a container of the packager's: everything will be encoded.
  }
  const copy = new Map<number, { codecString: string }>();
  const videoTrack = info.video[0];
  const video = videoTrack && input ? await readable(input.video[videoTrack.ordinal], videoTrack) : null;
  if (videoTrack && video) copy.set(videoTrack.index, { codecString: video.codecString });
  const audio: CutAudio[] = [];
  for (const track of info.audio) {
    const found = input ? await readable(input.audio[track.ordinal], track) : null;
    if (!found) continue;
    copy.set(track.index, { codecString: found.codecString });
    audio.push({ ...found, info: track });
  }
  const audioShiftSec = await measureShifts(info, video?.sink ?? null, audio);
  const skipsSec = video ? await skippedSec(ffmpeg, path, info, video.sink) : 0;
  const clocks = await measureClocks(info, video?.sink ?? null, audio[0] ?? null, audioShiftSec, skipsSec);
  // The pictures say how long it is. Of bare frames of sound ffmpeg guesses it from their rate: the packager counts them.
  const longest = videoTrack || !BARE.has(info.container.name) ? video : (audio[0] ?? null);
  const durationUs = Math.round((await presentedSec(info, longest?.open ?? null, clocks.packagerOriginSec)) * 1e6);
  const cuts = video ? await findCuts(video.sink, clocks.packagerOriginSec, durationUs) : [];
  const source = cuts.length > 0 ? sourceGrid(cuts, durationUs) : null;
  if (!source && videoTrack) copy.delete(videoTrack.index);
  const timeline = { ...clocks, audioShiftSec, durationUs, source, regularUs: regularGrid(durationUs) };
  return { copy: await measureCopies(path, info, timeline, copy), timeline };
}

interface CutTrack<T extends InputTrack = InputTrack> {
  open: T;
  sink: EncodedPacketSink;
  codecString: string;
}
type CutAudio = CutTrack & { info: AudioTrack };

async function readable<T extends InputTrack>(
  found: { track: T; sink: EncodedPacketSink } | undefined,
  track: VideoTrack | AudioTrack,
): Promise<CutTrack<T> | null> {
  if (!found) return null;
  try {
    const { track: open, sink } = found;
    const codec = await open.getCodec();
    if (codec === null || PACKAGER_CODECS[track.codec] !== codec) return null;
    const codecString = await open.getCodecParameterString();
    const first = await sink.getFirstPacket(METADATA);
    return codecString && first
      ? { open, sink, codecString: SAMPLE_ENTRIES[codecString] ?? deliveredCodecString(codecString) }
      : null;
  } catch {
    return null;
  }
}

/**
 * Matroska's CodecDelay is to be taken off a sound track's times (RFC 9559 section 5.1.4.1.25); the packager leaves it on,
 * ffmpeg takes it off. By stream index, how much the packager's times are to be shifted to agree with the pictures.
 */
async function measureShifts(
  info: MediaInfo,
  video: EncodedPacketSink | null,
  audio: CutAudio[],
): Promise<Record<number, number>> {
  const shifts: Record<number, number> = {};
  if (info.container.name !== 'matroska' && info.container.name !== 'webm') return shifts;
  const videoStart = video ? await firstShownSec(video) : null;
  const aheadSec = videoStart === null ? 0 : info.video[0]!.startSec - videoStart;
  for (const { sink, open, info: track } of audio) {
    const first = await sink.getFirstPacket(METADATA);
    const shiftSec = track.startSec - first!.timestamp - aheadSec;
    if (shiftSec > -LEAST_SHIFT_SEC || shiftSec < -MOST_SHIFT_SEC) continue;
    // Matroska rounds to milliseconds; Opus says the same in samples.
    const config = open.isAudioTrack() && track.codec === 'opus' ? await open.getDecoderConfig() : null;
    const exactSec = -(readPreSkip(config?.description) ?? 0) / 48_000;
    shifts[track.index] = Math.abs(exactSec - shiftSec) < 0.002 ? exactSec : shiftSec;
  }
  return shifts;
}

/** Pre-skip, in samples at 48 kHz, of an Opus identification header (RFC 7845 section 5.1). */
function readPreSkip(description: AllowSharedBufferSource | undefined): number | null {
  if (!description) return null;
  const bytes = ArrayBuffer.isView(description)
    ? Buffer.from(description.buffer, description.byteOffset, description.byteLength)
    : Buffer.from(description);
  return bytes.length >= 12 ? bytes.readUInt16LE(10) : null;
}

/** Presentation zero is the earliest thing to see or hear, on the packager's clock and on ffmpeg's. */
async function measureClocks(
  info: MediaInfo,
  video: EncodedPacketSink | null,
  audio: CutAudio | null,
  shiftsSec: Record<number, number>,
  skipsSec: number,
) {
  const firstVideo = video ? await firstShownSec(video) : null;
  const videoStart = firstVideo === null ? null : firstVideo + skipsSec;
  const packagerAudio = audio ? ((await audio.sink.getFirstPacket(METADATA))?.timestamp ?? null) : null;
  const firstAudio = packagerAudio === null ? null : packagerAudio + (shiftsSec[audio!.info.index] ?? 0);
  // A negative start of sound is the encoder's priming, to be thrown away by the player: it does not start the clock.
  const isPriming = firstAudio !== null && (firstAudio > -1 || skipsSec > 0);
  const audioStart = isPriming ? Math.max(0, firstAudio) : firstAudio;
  // Pictures that the packager cannot read begin where ffmpeg says; both count alike in such containers.
  const unread = video === null && info.video[0] ? info.video[0].startSec : null;
  const starts = [videoStart, audioStart, audioStart === null ? null : unread].filter((start) => start !== null);
  const probed = info.video[0] ?? info.audio[0];
  const probedStartSec = probed?.startSec ?? 0;
  if (starts.length === 0) return { packagerOriginSec: info.startSec, ffmpegOriginSec: info.startSec };
  const packagerOriginSec = Math.min(...starts);
  // The same frame on both clocks: where they disagree (reorder delay without an edit list), this is by how much.
  const sameSec = info.video[0] ? videoStart : audioStart;
  const ffmpegAheadSec = sameSec === null ? 0 : probedStartSec - sameSec;
  const skew = info.video[0] || Math.abs(ffmpegAheadSec) > 1 ? ffmpegAheadSec : 0;
  return { packagerOriginSec, ffmpegOriginSec: packagerOriginSec + skew };
}

/**
 * An edit list may begin in the middle of a group of pictures: what is before is decoded, but not shown. Returns how much that
 * is. ffmpeg then counts the same frames from the same zero; where it does not, a negative start is a matter of reordering.
 */
async function skippedSec(
  ffmpeg: InspectPorts['ffmpeg'],
  path: string,
  { container, video }: MediaInfo,
  sink: EncodedPacketSink,
): Promise<number> {
  const firstSec = container.name === 'mp4' ? await firstShownSec(sink) : null;
  if (firstSec === null || firstSec > -LEAST_SHIFT_SEC) return 0;
  const { index: trackIndex, startSec } = video[0]!;
  const argv = firstPacketsArgv({ path, demuxer: container.demuxer, trackIndex, count: FIRST_PACKETS });
  const printed = await ffmpeg.probe(argv).catch(() => null);
  const times = printed?.toString('utf8').split('\n').map(Number.parseFloat).filter(Number.isFinite) ?? [];
  const agree = Math.abs(Math.min(...times) - firstSec) < 0.001 && startSec > firstSec + LEAST_SHIFT_SEC;
  return agree ? Math.max(0, startSec) - firstSec : 0;
}

async function firstShownSec(sink: EncodedPacketSink): Promise<number | null> {
  const first = await sink.getFirstPacket(METADATA);
  return first ? (await earliestAfter(sink, first)).startSec : null;
}

async function presentedSec(info: MediaInfo, track: InputTrack | null, originSec: number): Promise<number> {
  try {
    const endSec = track ? await track.computeDuration(METADATA) : null;
    if (endSec !== null && endSec - originSec > 0) return endSec - originSec;
  } catch {
    // Its last packet cannot be read (a truncated file): what the container declares is the next best.
  }
  return info.durationSec;
}

async function findCuts(sink: EncodedPacketSink, originSec: number, durationUs: number): Promise<CutPoint[]> {
  const cuts: CutPoint[] = [];
  const first =
    (await sink.getKeyPacket(originSec + LEAST_SHIFT_SEC, METADATA)) ?? (await sink.getFirstKeyPacket(METADATA));
  if (!first) return cuts;
  let lastSec = Number.NEGATIVE_INFINITY;
  for (let wantedUs = 0; wantedUs === 0 || wantedUs + toUs(LATE_KEY_SEC) < durationUs; wantedUs += TARGET_US) {
    // Counted from the first key frame, as the others are; groups of 2.002 s drift, and are still to be met.
    const wantedSec = first.timestamp + wantedUs / 1e6 + LATE_KEY_SEC;
    const key = wantedUs === 0 ? first : await sink.getKeyPacket(wantedSec, METADATA);
    if (!key || key.timestamp <= lastSec) continue;
    lastSec = key.timestamp;
    const { startSec } = await earliestAfter(sink, key);
    cuts.push({ keyUs: toUs(key.timestamp - originSec), startUs: toUs(startSec - originSec) });
  }
  return cuts;
}

/** The earliest presentation time among a key frame and the leading frames stored right behind it (open GOP). */
async function earliestAfter(sink: EncodedPacketSink, key: { timestamp: number }): Promise<{ startSec: number }> {
  let startSec = key.timestamp;
  let packet = key as Awaited<ReturnType<EncodedPacketSink['getFirstPacket']>>;
  for (let i = 0; i < 32 && packet; i++) {
    packet = await sink.getNextPacket(packet, METADATA);
    if (!packet || packet.timestamp > key.timestamp) break;
    startSec = Math.min(startSec, packet.timestamp);
  }
  return { startSec };
}

const toUs = (seconds: number) => Math.round(seconds * 1e6);
