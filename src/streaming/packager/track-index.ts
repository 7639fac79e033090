import type { LeadIn } from '../../media/container/lead-in.ts';
import { type MatroskaIndex, readMatroskaIndex, writeMatroskaIndex } from '../../media/container/matroska-index.ts';
import type { Mp4Index } from '../../media/container/mp4-index.ts';
import { readMp4Index, writeMp4Index } from '../../media/container/mp4-index-bytes.ts';
import { readTsIndex, type TsIndex, writeTsIndex } from '../../media/container/ts-index.ts';
import { createVarintReader, createVarintWriter } from '../../media/container/varints.ts';
import type { EntryCodec } from '../reading/cut-track.ts';

/**
 * All it takes to cut a copied track into segments, without reading its file's own tables from the start again: its header, and
 * where each segment is. Kept with the source, as some 25 kB of bytes for a film of 90 minutes.
 */
export interface TrackIndex {
  /** The file it is of. It says nothing of another one. */
  file: FileIdentity;
  segmentCount: number;
  /** The init segment, its ticks a second, and where presentation begins on its clock. */
  init: Buffer;
  timescale: number;
  timing: LeadIn;
  /** How the bitstream says where decoding can begin; null where every packet is such a place. */
  entries: EntryCodec | null;
  tables:
    | { kind: 'mp4'; index: Mp4Index }
    | { kind: 'matroska'; index: MatroskaIndex }
    | { kind: 'ts'; index: TsIndex };
}

export interface FileIdentity {
  sizeBytes: number;
  modifiedAtMs: number;
}

/** Raised when the bytes are to be read differently. */
const VERSION = 1;
const KINDS = ['mp4', 'matroska', 'ts'] as const;
const CODECS = [null, 'h264', 'hevc', 'vp9', 'av1'] as const;

export function encodeTrackIndex(index: TrackIndex): Buffer {
  const out = createVarintWriter();
  out.unsigned(VERSION);
  out.unsigned(index.file.sizeBytes);
  // File systems keep parts of milliseconds.
  out.unsigned(Math.round(index.file.modifiedAtMs * 1000));
  out.unsigned(index.segmentCount);
  out.bytes(index.init);
  out.unsigned(index.timescale);
  for (const ticks of [index.timing.editTicks, index.timing.shiftTicks, index.timing.delayTicks]) out.signed(ticks);
  out.unsigned(CODECS.indexOf(index.entries?.codec ?? null));
  out.unsigned(index.entries?.nalLengthBytes ?? 0);
  out.unsigned(KINDS.indexOf(index.tables.kind));
  if (index.tables.kind === 'mp4') writeMp4Index(index.tables.index, out);
  else if (index.tables.kind === 'matroska') writeMatroskaIndex(index.tables.index, out);
  else writeTsIndex(index.tables.index, out);
  return Buffer.from(out.finish());
}

/** Null for bytes of another version, or that make no sense: the index is made again then. */
export function decodeTrackIndex(bytes: Uint8Array): TrackIndex | null {
  try {
    const from = createVarintReader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    if (from.unsigned() !== VERSION) return null;
    const file = { sizeBytes: from.unsigned(), modifiedAtMs: from.unsigned() / 1000 };
    const segmentCount = from.unsigned();
    const init = Buffer.from(from.bytes());
    const timescale = from.unsigned();
    const timing = { editTicks: from.signed(), shiftTicks: from.signed(), delayTicks: from.signed() };
    const codec = CODECS[from.unsigned()] ?? null;
    const nalLengthBytes = from.unsigned();
    const entries = codec && { codec, nalLengthBytes };
    const common = { file, segmentCount, init, timescale, timing, entries };
    const kind = KINDS[from.unsigned()];
    if (kind === 'mp4') return { ...common, tables: { kind, index: readMp4Index(from) } };
    if (kind === 'matroska') return { ...common, tables: { kind, index: readMatroskaIndex(from) } };
    if (kind === 'ts') return { ...common, tables: { kind, index: readTsIndex(from) } };
    return null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Whether an index is of a file as it is now. */
export function isIndexOf({ file }: TrackIndex, { sizeBytes, modifiedAtMs }: FileIdentity): boolean {
  return file.sizeBytes === sizeBytes && Math.abs(file.modifiedAtMs - modifiedAtMs) < 0.01;
}
