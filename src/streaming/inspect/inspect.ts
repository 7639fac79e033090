import type { InputTrack } from 'mediabunny';
import { Problem } from '../../core/problem.ts';
import { hasCuts } from '../../media/container/edit-lists.ts';
import { readSampleTable } from '../../media/container/sample-tables.ts';
import { regularGrid, sourceGrid } from '../../media/plan/boundaries.ts';
import { browserPlaysAudio, browserPlaysVideo, deliveredCodecString } from '../../media/plan/codecs.ts';
import type { CopyTrack } from '../../media/plan/input.ts';
import { sharedGrid } from '../../media/plan/plan.ts';
import type { AudioTrack, MediaInfo, VideoTrack } from '../../media/types.ts';
import { type Ffmpeg, FfmpegError } from '../../platform/ffmpeg.ts';
import type { CutAudio, CutTrack } from '../reading/cut-track.ts';
import type { InputPool, OpenInput, OpenTrack } from '../reading/input-pool.ts';
import type { Moov } from '../reading/moov.ts';
import { isSystemError } from '../reading/source-files.ts';
import type { CutSpec, Timeline } from '../source.ts';
import { measureClocks } from './clocks.ts';
import { findCuts } from './cuts.ts';
import { inspectRemux, type RemuxTrack } from './inspect-remux.ts';
import { measureCopies } from './measure.ts';
import { measurePictureDelay } from './picture-delay.ts';

/** What the packager found out about a source: its clocks, its grid, and which tracks it can cut. */
export interface Inspection {
  timeline: Timeline;
  /** By ffprobe's stream index, the tracks that can be cut just in time. */
  copy: Map<number, CopyTrack>;
  /** By stream index, why a track that the packager can read is not to be copied: a sentence. */
  refused: Map<number, string>;
}

interface InspectPorts {
  pool: InputPool;
  ffmpeg: Pick<Ffmpeg, 'probe' | 'start'>;
}

const METADATA = { metadataOnly: true } as const;

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

/** Players wait for sound that is not there. They get over a moment at the start, and over more when all is loaded. */
const LATEST_SOUND_SEC = 0.5;
const SHORTEST_BY_SEC = 2;
/** To list a track's packets reads the whole file. */
const MOST_REMUXED_SOUNDS = 2;
/** A container that says it goes on for longer than its pictures is believed within reason: its sound may. */
const LONGER_SOUND_SEC = 0.5;
const MOST_DECLARED = 1.5;
const WHY_LATE_SOUND = 'Encoded: the sound begins after the picture, and silence is put before it.';
const WHY_CUT_UP = 'Encoded: the file is cut by an edit list, which shows only parts of what is in it.';
const WHY_SHORT_SOUND = 'Encoded: the sound ends before the picture, and silence is put behind it.';

/**
 * Finds a source's segment boundaries and clocks without walking the file: the key frame at or before each multiple of
 * 4 s is asked for. What the packager cannot read, but browsers could, ffmpeg is asked about; where it does not know either,
 * a regular grid is all there is.
 */
export async function inspectSource(ports: InspectPorts, path: string, info: MediaInfo): Promise<Inspection> {
  const input = await openInput(ports.pool, path);
  try {
    return await inspectWith(ports, path, info, input);
  } catch (error) {
    if (input === null || isSystemError(error) || error instanceof FfmpegError || error instanceof Problem) throw error;
    // The packager opens it, but stumbles over damage further in: ffmpeg reads past that.
    return inspectWith(ports, path, info, null);
  }
}

/** Null where the container is none of the packager's: ffmpeg has to cut it. Throws what the file system throws. */
async function openInput(pool: InputPool, path: string): Promise<OpenInput | null> {
  try {
    return await pool.open(path);
  } catch (error) {
    if (isSystemError(error)) throw error;
    return null;
  }
}

async function inspectWith(
  { pool, ffmpeg }: InspectPorts,
  path: string,
  info: MediaInfo,
  opened: OpenInput | null,
): Promise<Inspection> {
  let input = opened;
  const moov = input?.moov ?? (info.container.name === 'mp4' ? await pool.moov(path) : null);
  const isCutUp = moov !== null && followsCuts(moov);
  if (isCutUp) input = null;
  const copy = new Map<number, CopyTrack>();
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
  const remuxed = isCutUp ? new Map<number, RemuxTrack>() : await inspectUnread(ffmpeg, path, info, copy);
  const { picture, sound, durationUs: measuredUs, ...clocks } = await measureClocks(info, video, audio);
  const refused = new Map<number, string>();
  const refuse = (index: number, why: string) => {
    copy.delete(index);
    refused.set(index, why);
  };
  const remuxedPicture = videoTrack ? remuxed.get(videoTrack.index) : undefined;
  for (const [index, { startSec, endSec }] of remuxed) {
    if (index !== videoTrack?.index) sound.set(index, spanOf({ startSec, endSec }, clocks.ffmpegOriginSec));
  }
  const shown = remuxedPicture ? spanOf(remuxedPicture, clocks.ffmpegOriginSec) : picture;
  const durationUs = remuxedPicture ? durationOf(shown!.endSec, measuredUs) : measuredUs;
  const cuts = video ? await findCuts(video, clocks.packagerOriginSec, durationUs) : null;
  const points = cuts?.points ?? remuxedPicture?.cuts(clocks.ffmpegOriginSec) ?? [];
  const source = points.length > 0 ? sourceGrid(points, durationUs) : null;
  if (videoTrack && cuts?.refusal) refuse(videoTrack.index, cuts.refusal);
  else if (videoTrack && !source) copy.delete(videoTrack.index);
  for (const [index, { startSec, endSec }] of videoTrack ? sound : []) {
    if (startSec > LATEST_SOUND_SEC) refuse(index, WHY_LATE_SOUND);
    else if (endSec < durationUs / 1e6 - SHORTEST_BY_SEC) refuse(index, WHY_SHORT_SOUND);
  }
  for (const { index } of isCutUp ? [...info.video, ...info.audio] : []) refuse(index, WHY_CUT_UP);
  const timeline: Timeline = { ...clocks, durationUs, source, regularUs: regularGrid(durationUs) };
  const delaySec = remuxedPicture ? 0 : await measurePictureDelay(ffmpeg, path, info);
  if (delaySec > 0) timeline.pictureDelaySec = delaySec;
  if (shown) timeline.pictureUs = { start: toUs(shown.startSec), end: toUs(shown.endSec) };
  const tableOf = ({ kind, ordinal }: VideoTrack | AudioTrack) => {
    const tables = input?.[kind][ordinal]?.tables;
    if (tables?.kind === 'mp4') return tables.track;
    return moov && readSampleTable(moov.bytes, kind, ordinal);
  };
  return { copy: measureCopies(tableOf, info, timeline, copy), refused, timeline };
}

/** The tracks of a source that the packager cuts, each with the grid of its renditions (`planRenditions`). */
export function cutTracks(info: MediaInfo, { copy, timeline }: Pick<Inspection, 'copy' | 'timeline'>): CutSpec[] {
  const shared = sharedGrid(info, timeline.source);
  const isCut = ({ index }: { index: number }) => copy.has(index) && copy.get(index)!.cut !== 'remux';
  return [
    ...info.video
      .slice(0, 1)
      .filter(isCut)
      .map(({ index }) => ({ kind: 'video', trackIndex: index, grid: 'source' }) as const),
    ...info.audio.filter(isCut).map(({ index }) => ({ kind: 'audio', trackIndex: index, grid: shared }) as const),
  ];
}

/** Whether an edit list shows less of a film than there is. The packager would show it all. */
function followsCuts(moov: Moov): boolean {
  try {
    return hasCuts(moov.bytes);
  } catch {
    // Tables that make no sense: what the packager makes of them is seen when it reads its packets.
    return false;
  }
}

/** Tracks that browsers play and the packager cannot read; entered into `copy` where ffmpeg can cut them as they are. */
async function inspectUnread(
  ffmpeg: InspectPorts['ffmpeg'],
  path: string,
  info: MediaInfo,
  copy: Map<number, CopyTrack>,
): Promise<Map<number, RemuxTrack>> {
  const found = new Map<number, RemuxTrack>();
  const [picture] = info.video;
  const tracks = [
    ...(picture && !isTurned(picture) && browserPlaysVideo(picture) !== 'none' ? [picture] : []),
    ...info.audio.filter((track) => browserPlaysAudio(track) === 'universal').slice(0, MOST_REMUXED_SOUNDS),
  ];
  for (const track of tracks) {
    const remux = copy.has(track.index) ? null : await inspectRemux(ffmpeg, path, info, track);
    if (!remux) continue;
    found.set(track.index, remux);
    copy.set(track.index, { codecString: remux.codecString, cut: 'remux' });
  }
  return found;
}

const isTurned = ({ rotation, mirrored }: VideoTrack) => rotation !== 0 || mirrored === true;

function spanOf({ startSec, endSec }: Pick<RemuxTrack, 'startSec' | 'endSec'>, originSec: number) {
  return { startSec: startSec - originSec, endSec: endSec - originSec };
}

function durationOf(pictureEndSec: number, declaredUs: number): number {
  const isLonger = declaredUs > toUs(pictureEndSec + LONGER_SOUND_SEC);
  return isLonger && declaredUs < toUs(pictureEndSec * MOST_DECLARED) ? declaredUs : toUs(pictureEndSec);
}

async function readable<T extends InputTrack>(
  found: OpenTrack<T> | undefined,
  track: VideoTrack | AudioTrack,
): Promise<CutTrack<T> | null> {
  if (!found) return null;
  try {
    const { track: open, sink, endSec } = found;
    const codec = await open.getCodec();
    if (codec === null || PACKAGER_CODECS[track.codec] !== codec) return null;
    const codecString = await open.getCodecParameterString();
    const first = await sink.getFirstPacket(METADATA);
    return codecString && first
      ? { open, sink, endSec, codecString: deliveredCodecString(codecString, track.profile) }
      : null;
  } catch {
    return null;
  }
}

const toUs = (seconds: number) => Math.round(seconds * 1e6);
