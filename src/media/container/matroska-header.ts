import { childrenOf, listElements, readText, readUint, readVint, type SizedElement } from './ebml.ts';
import { ID } from './matroska-ids.ts';

/** What Matroska and WebM say before and behind their clusters (RFC 9559 section 5.1), as far as finding packets needs it. */

export interface MatroskaTrack {
  number: number;
  kind: 'video' | 'audio' | 'other';
  codecId: string;
  /** How long a frame lasts; null where that is not said. */
  defaultDurationNs: number | null;
  /** To be taken off its times. */
  codecDelayNs: number;
  /** What all its frames begin with and is left out of them; empty for most. */
  strippedHeader: Buffer;
  /** Whether frames lie in the file as they are, but for their header: neither compressed nor encrypted. */
  isPlain: boolean;
}

/** Where a frame is, usually a key frame. */
export interface CuePoint {
  /** In the ticks of the segment's TimestampScale. */
  ticks: number;
  /** Of the cluster, from the beginning of the segment's body. */
  clusterOffset: number;
  /** Of the block, from the beginning of the cluster's body; null where that is not said. */
  blockOffset: number | null;
}

export interface SeekEntry {
  id: number;
  /** From the beginning of the segment's body. */
  offset: number;
}

/** The usual TimestampScale: ticks of a millisecond. */
const MILLISECOND_NS = 1_000_000;
/** ContentEncodingScope: all frames, and nothing else. */
const SCOPE_FRAMES = 1;
const HEADER_STRIPPING = 3;

/** The body of a SeekHead. */
export function readSeekHead(body: Buffer): SeekEntry[] {
  return listElements(body).flatMap((seek) => {
    if (seek.id !== ID.Seek) return [];
    const found = valuesOf(body, seek, { id: ID.SeekID, offset: ID.SeekPosition });
    return found.id === null || found.offset === null ? [] : [{ id: found.id, offset: found.offset }];
  });
}

/** How long a tick is, from the body of Info. */
export function readTimestampScale(body: Buffer): number {
  const scale = listElements(body).find(({ id }) => id === ID.TimestampScale);
  return scale ? readUint(body, scale) : MILLISECOND_NS;
}

/** The tracks in the order they are declared, from the body of Tracks. */
export function readMatroskaTracks(body: Buffer): MatroskaTrack[] {
  return listElements(body).flatMap((entry) => {
    if (entry.id !== ID.TrackEntry) return [];
    const names = {
      number: ID.TrackNumber,
      type: ID.TrackType,
      durationNs: ID.DefaultDuration,
      delayNs: ID.CodecDelay,
    };
    const { number, type, durationNs, delayNs } = valuesOf(body, entry, names);
    if (number === null) return [];
    const children = childrenOf(body, entry);
    const codec = children.find(({ id }) => id === ID.CodecID);
    const encodings = children.find(({ id }) => id === ID.ContentEncodings);
    const strippedHeader = encodings ? readStripping(body, encodings) : Buffer.alloc(0);
    return [
      {
        number,
        kind: type === 1 ? 'video' : type === 2 ? 'audio' : 'other',
        codecId: codec ? readText(body, codec) : '',
        defaultDurationNs: durationNs || null,
        codecDelayNs: delayNs ?? 0,
        strippedHeader: strippedHeader ?? Buffer.alloc(0),
        isPlain: strippedHeader !== null,
      } as const,
    ];
  });
}

/** The stripped header; null where frames are encoded in another way (RFC 9559 section 5.1.4.1.31). */
function readStripping(body: Buffer, encodings: SizedElement): Buffer | null {
  const [encoding, ...more] = childrenOf(body, encodings).filter(({ id }) => id === ID.ContentEncoding);
  if (!encoding) return Buffer.alloc(0);
  const children = childrenOf(body, encoding);
  const compression = children.find(({ id }) => id === ID.ContentCompression);
  const { scope } = valuesOf(body, encoding, { scope: ID.ContentEncodingScope });
  const isEncrypted = children.some(({ id }) => id === ID.ContentEncryption);
  if (more.length > 0 || !compression || isEncrypted || (scope ?? SCOPE_FRAMES) !== SCOPE_FRAMES) return null;
  const { algorithm } = valuesOf(body, compression, { algorithm: ID.ContentCompAlgo });
  if (algorithm !== HEADER_STRIPPING) return null;
  const settings = childrenOf(body, compression).find(({ id }) => id === ID.ContentCompSettings);
  return settings ? Buffer.from(body.subarray(settings.bodyStart, settings.end)) : Buffer.alloc(0);
}

/** By track number, its cues in the order of their times, one for each time, from the body of Cues. */
export function readCues(body: Buffer): Map<number, CuePoint[]> {
  const cues = new Map<number, CuePoint[]>();
  for (const point of listElements(body)) {
    if (point.id !== ID.CuePoint) continue;
    const { ticks } = valuesOf(body, point, { ticks: ID.CueTime });
    if (ticks === null) continue;
    for (const positions of childrenOf(body, point)) {
      if (positions.id !== ID.CueTrackPositions) continue;
      const names = { track: ID.CueTrack, clusterOffset: ID.CueClusterPosition, blockOffset: ID.CueRelativePosition };
      const { track, clusterOffset, blockOffset } = valuesOf(body, positions, names);
      if (track === null || clusterOffset === null) continue;
      const ofTrack = cues.get(track) ?? [];
      if (ofTrack.length === 0) cues.set(track, ofTrack);
      ofTrack.push({ ticks, clusterOffset, blockOffset });
    }
  }
  for (const [track, points] of cues) {
    points.sort((a, b) => a.ticks - b.ticks);
    cues.set(
      track,
      points.filter(({ ticks }, n) => ticks !== points[n - 1]?.ticks),
    );
  }
  return cues;
}

/** Unsigned integers inside an element by the ids they have; null for those that are not there. */
function valuesOf<T extends string>(
  body: Buffer,
  parent: SizedElement,
  ids: Record<T, number>,
): Record<T, number | null> {
  const children = childrenOf(body, parent);
  const values = {} as Record<T, number | null>;
  for (const name in ids) {
    const found = children.find(({ id }) => id === ids[name]);
    values[name] = found ? readUint(body, found) : null;
  }
  return values;
}

/** The track and flags in front of a block's frames (RFC 9559 section 10.1). */
export interface BlockHead {
  trackNumber: number;
  /** After the cluster's own time. */
  relativeTicks: number;
  flags: number;
  /** How long this head is. */
  length: number;
}

/** Null where the bytes end too early. */
export function readBlockHead(bytes: Buffer, at: number, end: number): BlockHead | null {
  const track = readVint(bytes, at, end);
  if (!track || at + track.length + 3 > end) return null;
  const ticksAt = at + track.length;
  return {
    trackNumber: track.value,
    relativeTicks: bytes.readInt16BE(ticksAt),
    flags: bytes[ticksAt + 2]!,
    length: track.length + 3,
  };
}
