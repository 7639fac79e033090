import { MOST_HEADER_BYTES, readElement, readUint } from './ebml.ts';
import { readBlockHead } from './matroska-header.ts';
import { ID } from './matroska-ids.ts';

/**
 * Walking along the blocks of clusters (RFC 9559 sections 5.1.3 and 10). Only what is in front of frames is looked at, so that the
 * frames themselves need not be read; bytes are handed in piece by piece.
 */

export interface StoredBlock {
  trackNumber: number;
  /** On the segment's clock. */
  ticks: number;
  /** Of a SimpleBlock what it says, of a BlockGroup whether it refers to no other. */
  key: boolean;
  isGroup: boolean;
  /** How frames are put together (section 10.3); 0 where there is but one. */
  lacing: number;
  /** BlockDuration; 0 where it is not said. */
  durationTicks: number;
  /** Positions in the file: of its element, a SimpleBlock or a BlockGroup, and where that ends; and of its frames. */
  position: number;
  end: number;
  dataStart: number;
  dataEnd: number;
  /** Of the cluster it is in; its position is not known where the walk began inside of it. */
  clusterTicks: number;
  clusterPosition: number | null;
  /** Which cluster, counted from where the walk began. */
  cluster: number;
}

export interface BlockWalk {
  /** Where the next element begins. */
  position: number;
  /** No block lies behind this. */
  limit: number;
  /** Null outside of clusters, and until one says its time. */
  clusterTicks: number | null;
  clusterPosition: number | null;
  cluster: number;
  /** The BlockGroup that is being walked through. */
  group: { start: number; end: number; block: StoredBlock | null } | null;
}

/** Begins a walk at a cluster, or inside of one whose time is known. */
export function beginWalk(position: number, limit: number, clusterTicks: number | null = null): BlockWalk {
  return { position, limit, clusterTicks, clusterPosition: null, cluster: 0, group: null };
}

/** Goes back to the beginning of a block, to read it once more. */
export function rewindWalk(walk: BlockWalk, block: Pick<StoredBlock, 'position'>): void {
  walk.position = block.position;
  walk.group = null;
}

/** What is looked at of an element at once: its header and a number, or the head of a block. */
export const STEP_BYTES = MOST_HEADER_BYTES + 12;

/**
 * The next block of a track, or of any where that is null. `bytes` lie at `base` in the file and have to hold the walk's position.
 * Returns `more` where they end too early: read on from the walk's position; `end` behind the last block. Throws where
 * the file makes no sense.
 */
export function nextBlock(
  walk: BlockWalk,
  bytes: Buffer,
  base: number,
  trackNumber: number | null,
): StoredBlock | 'more' | 'end' {
  const bytesEnd = Math.min(base + bytes.length, walk.limit);
  for (;;) {
    if (walk.group && walk.position >= walk.group.end) {
      const { block } = walk.group;
      walk.group = null;
      if (block) return block;
      continue;
    }
    if (walk.position >= walk.limit) return 'end';
    if (walk.position < base || (walk.position + STEP_BYTES > bytesEnd && bytesEnd < walk.limit)) return 'more';
    const block = step(walk, bytes, base, bytesEnd - base, trackNumber);
    if (block) return block;
  }
}

/** Goes on by one element. */
function step(
  walk: BlockWalk,
  bytes: Buffer,
  base: number,
  bytesEnd: number,
  trackNumber: number | null,
): StoredBlock | null {
  const at = walk.position - base;
  const element = readElement(bytes, at, bytesEnd);
  if (!element) throw damaged(walk.position);
  const [start, bodyStart] = [walk.position, base + element.bodyStart];
  if (element.id === ID.Cluster) {
    // Entered whatever size it claims: what cannot be inside it ends it.
    walk.position = bodyStart;
    walk.clusterTicks = null;
    walk.clusterPosition = start;
    walk.cluster++;
    walk.group = null;
    return null;
  }
  const end = element.end === null ? Number.POSITIVE_INFINITY : base + element.end;
  if (end > (walk.group?.end ?? walk.limit)) throw damaged(walk.position);
  if (element.id === ID.BlockGroup && !walk.group) {
    walk.group = { start, end, block: null };
    walk.position = bodyStart;
    return null;
  }
  walk.position = end;
  if (element.id === ID.SimpleBlock || (element.id === ID.Block && walk.group)) {
    const block = blockOf(walk, bytes, base, Math.min(bytesEnd, end - base), { start, bodyStart, end }, trackNumber);
    if (!walk.group) return block;
    walk.group.block = block;
    // Of other tracks' groups nothing more is of interest.
    if (!block) walk.position = walk.group.end;
  } else if (element.id === ID.Timestamp || element.id === ID.BlockDuration) {
    if (element.end! - element.bodyStart > 8 || element.end! > bytesEnd) throw damaged(start);
    const value = readUint(bytes, { ...element, end: element.end! });
    if (element.id === ID.Timestamp) walk.clusterTicks = value;
    else if (walk.group?.block) walk.group.block.durationTicks = value;
  } else if (element.id === ID.ReferenceBlock && walk.group?.block) {
    walk.group.block.key = false;
  }
  return null;
}

function blockOf(
  walk: BlockWalk,
  bytes: Buffer,
  base: number,
  headEnd: number,
  { start, bodyStart, end }: { start: number; bodyStart: number; end: number },
  trackNumber: number | null,
): StoredBlock | null {
  const head = readBlockHead(bytes, bodyStart - base, headEnd);
  if (!head) throw damaged(start);
  if (trackNumber !== null && head.trackNumber !== trackNumber) return null;
  if (walk.clusterTicks === null) throw new Error(`the file is damaged: a cluster does not say its time at ${start}`);
  return {
    trackNumber: head.trackNumber,
    ticks: walk.clusterTicks + head.relativeTicks,
    key: walk.group !== null || (head.flags & 0x80) !== 0,
    isGroup: walk.group !== null,
    lacing: (head.flags >> 1) & 3,
    durationTicks: 0,
    position: walk.group?.start ?? start,
    end: walk.group?.end ?? end,
    dataStart: bodyStart + head.length,
    dataEnd: end,
    clusterTicks: walk.clusterTicks,
    clusterPosition: walk.clusterPosition,
    cluster: walk.cluster,
  };
}

function damaged(position: number): Error {
  return new Error(`the file is damaged: no element of Matroska makes sense at ${position}`);
}
