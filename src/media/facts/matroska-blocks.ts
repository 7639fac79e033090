import { readElement, readVint } from '../container/ebml.ts';
import { ID } from '../container/matroska-ids.ts';
import { type ReadAt, unsure } from './facts.ts';

/** Blocks (RFC 9559 section 10) without what is in them, but for the beginning of each track's first frame. */

export interface Block {
  track: number;
  /** In the segment's ticks. */
  ticks: number;
  isKey: boolean;
  frames: number;
  /** The first bytes of its first frame, and how long that is. */
  first: { bytes: Buffer; size: number };
}

/** Of a SimpleBlock's flags (RFC 9559 section 10.2). */
const KEY_FLAG = 0x80;
const IN_CLUSTER = new Set<number>([ID.Position, ID.PrevSize, ID.SilentTracks, ID.Void, ID.CRC32]);
/** Header of a block, its lacing, and of a frame as much as says what it is. */
const HEAD_BYTES = 4096;
const BEHIND_CLUSTERS = new Set<number>([
  ID.Cues,
  ID.Tags,
  ID.Attachments,
  ID.Chapters,
  ID.Void,
  ID.CRC32,
  ID.SeekHead,
]);

/** The blocks from the first cluster on, until there are so many frames or the segment ends. */
export async function readBlocks(readAt: ReadAt, from: number, end: number, frames: number): Promise<Block[]> {
  const blocks: Block[] = [];
  let found = 0;
  for (let at = from; at < end && found < frames; ) {
    const { id, bodyStart, next } = await elementAt(readAt, at, end);
    if (id === ID.Cluster) {
      for await (const block of blocksOf(readAt, bodyStart, next)) {
        blocks.push(block);
        found += block.frames;
        if (found >= frames) break;
      }
    } else if (!BEHIND_CLUSTERS.has(id)) unsure(`an element ${id.toString(16)} between clusters`);
    at = next;
  }
  return blocks;
}

async function elementAt(readAt: ReadAt, at: number, end: number) {
  const head = await readAt(at, 12);
  const element = readElement(head, 0);
  if (!element || element.end === null) return unsure('an element without a size');
  if (at + element.end > end) return unsure('an element that ends too late');
  return { id: element.id, bodyStart: at + element.bodyStart, next: at + element.end };
}

async function* blocksOf(readAt: ReadAt, from: number, end: number): AsyncGenerator<Block> {
  let clusterTicks: number | null = null;
  for (let at = from; at < end; ) {
    const { id, bodyStart, next } = await elementAt(readAt, at, end);
    if (id === ID.Timestamp) {
      const body = await readAt(bodyStart, next - bodyStart);
      clusterTicks = body.length > 0 && body.length <= 6 ? body.readUIntBE(0, body.length) : unsure('an odd time');
    } else if (id === ID.SimpleBlock || id === ID.BlockGroup) {
      if (clusterTicks === null) unsure('a cluster without a time');
      if (id === ID.SimpleBlock) yield await readBlock(readAt, { bodyStart, next }, clusterTicks!, null);
      else yield await readGroup(readAt, bodyStart, next, clusterTicks!);
    } else if (!IN_CLUSTER.has(id)) unsure(`an element ${id.toString(16)} in a cluster`);
    at = next;
  }
}

async function readGroup(readAt: ReadAt, from: number, end: number, clusterTicks: number): Promise<Block> {
  let found: { bodyStart: number; next: number } | null = null;
  let isKey = true;
  for (let at = from; at < end; ) {
    const { id, bodyStart, next } = await elementAt(readAt, at, end);
    if (id === ID.Block) found = { bodyStart, next };
    if (id === ID.ReferenceBlock) isKey = false;
    at = next;
  }
  return found ? readBlock(readAt, found, clusterTicks, isKey) : unsure('a group without a block');
}

async function readBlock(
  readAt: ReadAt,
  { bodyStart, next }: { bodyStart: number; next: number },
  clusterTicks: number,
  isKey: boolean | null,
): Promise<Block> {
  const size = next - bodyStart;
  const head = await readAt(bodyStart, Math.min(size, HEAD_BYTES));
  const number = readVint(head, 0) ?? unsure('a block of no track');
  const { value: track, length: numberLength } = number;
  if (head.length < numberLength + 4) unsure('a block that ends too early');
  const flags = head[numberLength + 2]!;
  const ticks = clusterTicks + head.readInt16BE(numberLength);
  if (ticks < 0) unsure('a time before the beginning');
  const at = numberLength + 3;
  const { frames, headerBytes, firstBytes } = readLacing(head, at, (flags >> 1) & 3, size - at);
  const bytes = head.subarray(at + headerBytes, at + headerBytes + firstBytes);
  return {
    track,
    ticks,
    isKey: isKey ?? (flags & KEY_FLAG) !== 0,
    frames,
    first: { bytes, size: firstBytes },
  };
}

/** Several frames in one block (section 10.3). */
function readLacing(head: Buffer, at: number, kind: number, size: number) {
  if (kind === 0) return { frames: 1, headerBytes: 0, firstBytes: size };
  const frames = (head[at] ?? unsure('a block that ends too early')) + 1;
  if (kind === 2) return { frames, headerBytes: 1, firstBytes: (size - 1) / frames };
  let firstBytes = 0;
  let next = at + 1;
  for (let n = 0; n < frames - 1; n++) {
    let value = 0;
    if (kind === 1) {
      let byte: number;
      do {
        byte = head[next++] ?? unsure('a block that ends too early');
        value += byte;
      } while (byte === 255);
    } else {
      const size = readVint(head, next) ?? unsure('a block that ends too early');
      value = size.value;
      next += size.length;
    }
    if (n === 0) firstBytes = value;
  }
  return { frames, headerBytes: next - at, firstBytes: frames === 1 ? size - (next - at) : firstBytes };
}
