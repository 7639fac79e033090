import { type EbmlElement, isSized, MOST_HEADER_BYTES, readElement, readText } from '../../media/container/ebml.ts';
import {
  type CuePoint,
  type MatroskaTrack,
  readCues,
  readMatroskaTracks,
  readSeekHead,
  readTimestampScale,
  type SeekEntry,
} from '../../media/container/matroska-header.ts';
import { ID } from '../../media/container/matroska-ids.ts';
import { createWindows, type Windows } from './read-windows.ts';
import type { ByteSource } from './source-files.ts';

/** A Matroska or WebM file whose packets can be found without walking it. */
export interface MatroskaFile {
  source: ByteSource;
  windows: Windows;
  /** Positions in the file: where the first cluster begins, and behind the last element. */
  firstCluster: number;
  end: number;
  /** Nanoseconds of a tick. */
  timestampScale: number;
  tracks: MatroskaTrack[];
  /** By track number, where its frames are: positions in the file, rising times. */
  cues: Map<number, Cue[]>;
}

export interface Cue {
  ticks: number;
  clusterPosition: number;
  /** From the beginning of the cluster's body; null where that is not said. */
  blockOffset: number | null;
}

/** Elements in front of the first cluster, and bodies that are read: more is no film's. */
const MOST_ELEMENTS = 64;
const MOST_BYTES: Record<number, number> = {
  [ID.EBML]: 4096,
  [ID.SeekHead]: 64 * 1024,
  [ID.Info]: 64 * 1024,
  [ID.Tracks]: 8 * 1024 * 1024,
  [ID.Cues]: 16 * 1024 * 1024,
};

/**
 * Reads what a Matroska file says before its clusters, and its Cues wherever they are. Null where it is none, where it has no
 * cues or unknown lengths (a live stream that was never finished), where it is cut off, or several segments lie in it.
 */
export async function openMatroska(source: ByteSource): Promise<MatroskaFile | null> {
  const windows = createWindows(source);
  const head = await readHeader(windows, 0);
  const ebml = head?.id === ID.EBML ? await readBody(windows, head) : null;
  if (!ebml || !isMatroska(ebml)) return null;
  const segment = await readHeader(windows, head!.end!);
  if (segment?.id !== ID.Segment || !isSized(segment) || segment.end > source.sizeBytes) return null;
  if (await goesOn(windows, segment.end)) return null;
  const found = await readTop(windows, segment.bodyStart, segment.end);
  if (!found?.tracks) return null;
  const cuesBody = found.cues ?? (await readSought(windows, segment, found.seeks));
  const timestampScale = found.info ? readTimestampScale(found.info) : 1_000_000;
  const cues = placeCues(cuesBody ? readCues(cuesBody) : new Map(), segment.bodyStart, found.firstCluster, segment.end);
  if (cues.size === 0 || timestampScale === 0) return null;
  const tracks = readMatroskaTracks(found.tracks);
  return { source, windows, firstCluster: found.firstCluster, end: segment.end, timestampScale, tracks, cues };
}

function isMatroska(ebml: Buffer): boolean {
  for (let at = 0; at < ebml.length; ) {
    const element = readElement(ebml, at);
    if (!isSized(element) || element.end > ebml.length) return false;
    if (element.id === ID.DocType) return ['matroska', 'webm'].includes(readText(ebml, element));
    at = element.end;
  }
  return false;
}

/** Whether something other than padding lies behind a segment. */
async function goesOn(windows: Windows, end: number): Promise<boolean> {
  const next = await readHeader(windows, end);
  return next !== null && next.id !== ID.Void;
}

interface Top {
  firstCluster: number;
  info: Buffer | null;
  tracks: Buffer | null;
  cues: Buffer | null;
  seeks: SeekEntry[];
}

/** What is in front of the first cluster. */
async function readTop(windows: Windows, start: number, end: number): Promise<Top | null> {
  const top: Top = { firstCluster: 0, info: null, tracks: null, cues: null, seeks: [] };
  let at = start;
  for (let n = 0; n < MOST_ELEMENTS && at < end; n++) {
    const element = await readHeader(windows, at);
    if (element?.id === ID.Cluster) return { ...top, firstCluster: at };
    if (!isSized(element) || element.end > end) return null;
    const body = element.id in MOST_BYTES ? await readBody(windows, element) : null;
    if (element.id in MOST_BYTES && !body) return null;
    if (element.id === ID.SeekHead) top.seeks.push(...readSeekHead(body!));
    else if (element.id === ID.Info) top.info ??= body;
    else if (element.id === ID.Tracks) top.tracks ??= body;
    else if (element.id === ID.Cues) top.cues ??= body;
    at = element.end;
  }
  return null;
}

/** The body of Cues, found by a SeekHead, or by one that another points to. */
async function readSought(windows: Windows, segment: EbmlElement, seeks: SeekEntry[]): Promise<Buffer | null> {
  const seekTo = async (id: number, entries: SeekEntry[]) => {
    const entry = entries.find((seek) => seek.id === id);
    const element = entry ? await readHeader(windows, segment.bodyStart + entry.offset) : null;
    return element?.id === id && isSized(element) && element.end <= segment.end! ? readBody(windows, element) : null;
  };
  const cues = await seekTo(ID.Cues, seeks);
  if (cues) return cues;
  const more = await seekTo(ID.SeekHead, seeks);
  return more ? seekTo(ID.Cues, readSeekHead(more)) : null;
}

function placeCues(
  cues: Map<number, CuePoint[]>,
  segmentBody: number,
  firstCluster: number,
  end: number,
): Map<number, Cue[]> {
  const placed = new Map<number, Cue[]>();
  for (const [track, points] of cues) {
    const inside = points
      .map(({ ticks, clusterOffset, blockOffset }) => ({
        ticks,
        clusterPosition: segmentBody + clusterOffset,
        blockOffset,
      }))
      .filter(({ clusterPosition }) => clusterPosition >= firstCluster && clusterPosition < end);
    if (inside.length > 0) placed.set(track, inside);
  }
  return placed;
}

/** The header of the element at a position in the file; offsets are positions, too. Null where there is none. */
async function readHeader(windows: Windows, position: number): Promise<EbmlElement | null> {
  const window = await windows.at(position, MOST_HEADER_BYTES);
  const element = readElement(window.bytes, position - window.base);
  return element && placeElement(element, window.base);
}

function placeElement(element: EbmlElement, base: number): EbmlElement {
  const { id, start, bodyStart, end } = element;
  return { id, start: base + start, bodyStart: base + bodyStart, end: end === null ? null : base + end };
}

async function readBody(windows: Windows, element: EbmlElement): Promise<Buffer | null> {
  if (!isSized(element)) return null;
  const length = element.end - element.bodyStart;
  if (length > (MOST_BYTES[element.id] ?? 0)) return null;
  const { bytes, base } = await windows.at(element.bodyStart, length);
  const at = element.bodyStart - base;
  return bytes.length - at >= length ? bytes.subarray(at, at + length) : null;
}

/** Seconds, as mediabunny counts them. */
export function secondsOf(ticks: number, timestampScale: number): number {
  return ticks / (1e9 / timestampScale);
}

/** How many ticks a frame lasts unless something else is said; zero where nothing is. */
export function defaultTicksOf(defaultDurationNs: number, timestampScale: number): number {
  return ((1e9 / timestampScale) * defaultDurationNs) / 1e9;
}
