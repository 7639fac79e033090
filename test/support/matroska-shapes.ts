import { childrenOf, listElements, readUint, type SizedElement } from '../../src/media/container/ebml.ts';
import { beginWalk, nextBlock } from '../../src/media/container/matroska-blocks.ts';
import { ID } from '../../src/media/container/matroska-ids.ts';

/** Rewrites a Matroska file of ffmpeg's in the shapes that other muxers give theirs. */
export interface Shape {
  /** So many frames of sound share a block (RFC 9559 section 10.3). */
  lace?: 'xiph' | 'fixed' | 'ebml';
  laceFrames?: number;
  /** DefaultDuration of sound. */
  soundNs?: number;
  /** Pictures in BlockGroups, which say what they refer to behind the frame. */
  groups?: boolean;
  /** So many blocks to a cluster, wherever key frames are. */
  clusterBlocks?: number;
  /** Every so many key frames have a cue. */
  cuesEvery?: number;
  /** Cues point at blocks, not at clusters alone. */
  relative?: boolean;
  /** EBML Void elements (RFC 8794 section 11.3.3) wherever they may be. */
  voids?: boolean;
  /** Added to all times. */
  shiftTicks?: number;
  /** The first byte of all pictures is left out of them. */
  strip?: boolean;
  /** Sound is so many blocks late: stored behind what is seen with it. */
  soundBehind?: number;
}

interface Frame {
  track: number;
  ticks: number;
  key: boolean;
  data: Buffer;
}

const VIDEO = 1;
const AUDIO = 2;

/** Tracks are expected as 1 (pictures) and 2 (sound). */
export function reshape(bytes: Buffer, shape: Shape): Buffer {
  const [head, segment] = listElements(bytes);
  const inside = childrenOf(bytes, segment!);
  const raw = (id: number) => inside.find((element) => element.id === id)!;
  const frames = inOrder(readFrames(bytes, segment!), shape);
  const info = whole(bytes, raw(ID.Info));
  const tracks = make(
    ID.Tracks,
    ...childrenOf(bytes, raw(ID.Tracks)).map((entry) => reshapeTrack(bytes, entry, shape)),
  );
  const padding = shape.voids ? make(ID.Void, Buffer.alloc(1234)) : Buffer.alloc(0);
  const seekLength = seekHead(0).length;
  const before = Buffer.concat([padding, info, tracks]);
  const clusters: Buffer[] = [];
  const cues: Buffer[] = [];
  let at = seekLength + before.length;
  let keys = 0;
  for (const group of clustersOf(frames, shape)) {
    const time = Math.max(0, group[0]!.ticks);
    const parts = [make(ID.Timestamp, uint(time)), ...(shape.voids ? [make(ID.Void, Buffer.alloc(3))] : [])];
    for (const block of laced(group, shape)) {
      const [first] = block;
      if (first!.track === VIDEO && first!.key && keys++ % (shape.cuesEvery ?? 1) === 0) {
        const offset = parts.reduce((sum, part) => sum + part.length, 0);
        cues.push(makeCue(first!.ticks, at, shape.relative ? offset : null));
      }
      parts.push(makeBlock(block, time, shape));
      if (shape.voids && block.length % 2 === 1) parts.push(make(ID.Void, Buffer.alloc(0)));
    }
    clusters.push(make(ID.Cluster, ...parts));
    at += clusters.at(-1)!.length;
  }
  const body = [seekHead(at), before, ...clusters, make(ID.Cues, ...cues)];
  return Buffer.concat([whole(bytes, head!), make(ID.Segment, ...body)]);
}

function readFrames(bytes: Buffer, segment: SizedElement): Frame[] {
  const frames: Frame[] = [];
  const first = childrenOf(bytes, segment).find(({ id }) => id === ID.Cluster)!;
  const walk = beginWalk(first.start, segment.end);
  for (
    let block = nextBlock(walk, bytes, 0, null);
    typeof block !== 'string';
    block = nextBlock(walk, bytes, 0, null)
  ) {
    const { trackNumber: track, ticks, key, dataStart, dataEnd } = block;
    frames.push({ track, ticks, key, data: bytes.subarray(dataStart, dataEnd) });
  }
  return frames;
}

function inOrder(frames: Frame[], { shiftTicks = 0, soundBehind = 0 }: Shape): Frame[] {
  const shifted = frames.map((frame) => ({ ...frame, ticks: frame.ticks + shiftTicks }));
  const order = (n: number) => n + (shifted[n]!.track === AUDIO ? soundBehind + 0.5 : 0);
  return [...shifted.keys()].sort((a, b) => order(a) - order(b)).map((n) => shifted[n]!);
}

function reshapeTrack(bytes: Buffer, entry: SizedElement, { soundNs, strip }: Shape): Buffer {
  if (entry.id !== ID.TrackEntry) return Buffer.alloc(0);
  const children = childrenOf(bytes, entry);
  const number = readUint(bytes, children.find(({ id }) => id === ID.TrackNumber)!);
  const parts = [bytes.subarray(entry.bodyStart, entry.end)];
  if (number === AUDIO && soundNs) parts.push(make(ID.DefaultDuration, uint(soundNs)));
  if (number === VIDEO && strip) {
    const settings = [make(ID.ContentCompAlgo, uint(3)), make(ID.ContentCompSettings, Buffer.from([0]))];
    const encoding = make(ID.ContentEncoding, make(ID.ContentCompression, ...settings));
    parts.push(make(ID.ContentEncodings, encoding));
  }
  return make(ID.TrackEntry, ...parts);
}

/** As many frames as told, or from key frame to key frame. */
function clustersOf(frames: Frame[], { clusterBlocks }: Shape): Frame[][] {
  const clusters: Frame[][] = [];
  for (const [n, frame] of frames.entries()) {
    const isNew = clusterBlocks ? n % clusterBlocks === 0 : frame.track === VIDEO && frame.key;
    if (n === 0 || isNew) clusters.push([]);
    clusters.at(-1)!.push(frame);
  }
  return clusters;
}

/** Frames of sound put together, up to a number and not beyond their cluster. */
function laced(frames: Frame[], { lace, laceFrames = 4 }: Shape): Frame[][] {
  const blocks: Frame[][] = [];
  let open: Frame[] | null = null;
  for (const frame of frames) {
    if (!lace || frame.track !== AUDIO) {
      blocks.push([frame]);
      continue;
    }
    const fits = open && open.length < laceFrames && (lace !== 'fixed' || open[0]!.data.length === frame.data.length);
    if (fits) {
      open!.push(frame);
    } else {
      open = [frame];
      blocks.push(open);
    }
  }
  return blocks;
}

function makeBlock(frames: Frame[], clusterTicks: number, { lace, groups, strip }: Shape): Buffer {
  const [first] = frames;
  const kind = frames.length > 1 ? { xiph: 1, fixed: 2, ebml: 3 }[lace!] : 0;
  const isGroup = groups && first!.track === VIDEO;
  const head = Buffer.alloc(4);
  head[0] = 0x80 | first!.track;
  head.writeInt16BE(first!.ticks - clusterTicks, 1);
  head[3] = (kind << 1) | (first!.key && !isGroup ? 0x80 : 0);
  const sizes = kind === 0 ? [] : [Buffer.from([frames.length - 1]), ...laceSizes(frames, lace!)];
  const data = frames.map((frame) => (strip && frame.track === VIDEO ? frame.data.subarray(1) : frame.data));
  if (!isGroup) return make(ID.SimpleBlock, head, ...sizes, ...data);
  const reference = first!.key ? [] : [make(ID.ReferenceBlock, Buffer.from([0xd8]))];
  return make(ID.BlockGroup, make(ID.Block, head, ...data), ...reference, make(ID.BlockDuration, uint(40)));
}

function laceSizes(frames: Frame[], lace: 'xiph' | 'fixed' | 'ebml'): Buffer[] {
  const sizes = frames.slice(0, -1).map(({ data }) => data.length);
  if (lace === 'fixed') return [];
  if (lace === 'xiph') {
    return sizes.map((size) => Buffer.from([...Array<number>(Math.floor(size / 255)).fill(255), size % 255]));
  }
  return sizes.map((size, n) => (n === 0 ? vint(size, 2) : vint(size - sizes[n - 1]! + 2 ** 13 - 1, 2)));
}

function makeCue(ticks: number, clusterOffset: number, blockOffset: number | null): Buffer {
  const block = blockOffset === null ? [] : [make(ID.CueRelativePosition, uint(blockOffset))];
  const positions = [make(ID.CueTrack, uint(VIDEO)), make(ID.CueClusterPosition, uint(clusterOffset)), ...block];
  return make(ID.CuePoint, make(ID.CueTime, uint(ticks)), make(ID.CueTrackPositions, ...positions));
}

function seekHead(cuesOffset: number): Buffer {
  const id = Buffer.alloc(4);
  id.writeUInt32BE(ID.Cues);
  return make(ID.SeekHead, make(ID.Seek, make(ID.SeekID, id), make(ID.SeekPosition, uint(cuesOffset))));
}

const whole = (bytes: Buffer, { start, end }: SizedElement) => bytes.subarray(start, end);

function uint(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(Math.max(0, value)));
  return bytes;
}

function vint(value: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  bytes.writeUIntBE(value + 2 ** (7 * length), 0, length);
  return bytes;
}

/** An element; its size takes eight bytes. */
function make(id: number, ...parts: Uint8Array[]): Buffer {
  const hex = id.toString(16);
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  const sizeBytes = Buffer.alloc(8);
  sizeBytes.writeBigUInt64BE(BigInt(size) | (1n << 56n));
  return Buffer.concat([Buffer.from(hex, 'hex'), sizeBytes, ...parts]);
}
