import { allocateCounted } from '../../core/counted-bytes.ts';
import { type FragmentTiming, fragmentHead, fragmentHeadBytes, shownSamples } from '../../media/container/fragment.ts';
import type { Mp4Index, TableName } from '../../media/container/mp4-index.ts';
import { entryBytes, type Mp4Sample, samplesOf, slicesOf, type TableBytes } from '../../media/container/mp4-samples.ts';
import type { OpenFile } from '../reading/source-files.ts';

/** Tables smaller than this are read once, and kept. */
const SMALL_TABLE_BYTES = 4096;
/** What lies between two samples is read with them, and thrown away, where that is quicker than going on to the next. */
const MOST_BETWEEN_BYTES = 128 * 1024;
/** A minute of the highest rates there are. Tables that are damaged, or made to do harm, promise more. */
const MOST_SEGMENT_BYTES = 512 * 1024 * 1024;
/** Fewer than a system takes at once (IOV_MAX is 1024). */
const MOST_PIECES = 1000;

const between = Buffer.allocUnsafeSlow(MOST_BETWEEN_BYTES);
const smallTables = new WeakMap<Mp4Index, Map<TableName, Promise<Buffer>>>();

/** The samples of segment `n`, from the tables of the file. */
export async function readMp4Samples(file: OpenFile, index: Mp4Index, n: number): Promise<Mp4Sample[]> {
  const slices = slicesOf(index, n);
  const names = Object.keys(slices) as TableName[];
  const read = await Promise.all(names.map((name) => readSlice(file, index, name, slices[name])));
  const bytes = Object.fromEntries(names.map((name, i) => [name, read[i]])) as TableBytes;
  return samplesOf(index, n, bytes);
}

async function readSlice(
  file: OpenFile,
  index: Mp4Index,
  name: TableName,
  { first, end }: { first: number; end: number },
): Promise<Buffer> {
  const table = index.tables[name];
  if (!table || end <= first) return Buffer.alloc(0);
  const each = entryBytes(index)[name];
  if (table.count * each > SMALL_TABLE_BYTES) return file.read(table.position + first * each, (end - first) * each);
  const kept = smallTables.get(index) ?? new Map<TableName, Promise<Buffer>>();
  smallTables.set(index, kept);
  let whole = kept.get(name);
  if (!whole) {
    whole = file.read(table.position, table.count * each);
    kept.set(name, whole);
    whole.catch(() => kept.delete(name));
  }
  return (await whole).subarray(first * each, end * each);
}

/**
 * Writes a fragment whose samples, on the clock of the segments they are delivered in, are read straight to their places in it: they are copied once, out of the system. Samples that
 * a file which was cut off no longer has are left out. `isKey` looks at the bytes of what the container calls a key frame.
 */
export async function fetchFragment(
  file: OpenFile,
  all: readonly Mp4Sample[],
  sequence: number,
  timing: FragmentTiming,
  isKey: (data: Uint8Array) => boolean,
): Promise<Buffer> {
  const samples = shownSamples(all, timing).filter((sample) => sample.position + sample.sizeBytes <= file.sizeBytes);
  if (samples.length === 0 && all.length > 0) throw new Error('the file ends before this segment');
  const headBytes = fragmentHeadBytes(samples.length);
  const sizeBytes = samples.reduce((sum, sample) => sum + sample.sizeBytes, headBytes);
  if (sizeBytes > MOST_SEGMENT_BYTES) throw new Error(`a segment of ${sizeBytes} bytes is more than there can be`);
  const fragment = allocateCounted(sizeBytes);
  const targets: Buffer[] = [];
  let at = headBytes;
  for (const sample of samples) targets.push(fragment.subarray(at, (at += sample.sizeBytes)));
  await fetchAll(file, samples, targets);
  const shapes = samples.map((sample, n) => ({ ...sample, key: sample.key && isKey(targets[n]!) }));
  fragmentHead(shapes, sequence, timing).copy(fragment);
  return fragment;
}

async function fetchAll(file: OpenFile, samples: readonly Mp4Sample[], targets: readonly Buffer[]): Promise<void> {
  let pieces: Buffer[] = [];
  let from = 0;
  let to = 0;
  const reads: Promise<void>[] = [];
  const flush = () => {
    if (pieces.length > 0) reads.push(readFully(file, from, pieces));
    pieces = [];
  };
  samples.forEach(({ position, sizeBytes }, n) => {
    if (sizeBytes === 0) return;
    const gap = position - to;
    if (pieces.length === 0 || gap < 0 || gap > MOST_BETWEEN_BYTES || pieces.length + 2 > MOST_PIECES) {
      flush();
      from = position;
    } else if (gap > 0) {
      pieces.push(between.subarray(0, gap));
    }
    const [last, target] = [pieces.at(-1), targets[n]!];
    // Samples that lie side by side are one piece.
    if (gap === 0 && last && last.buffer === target.buffer) {
      pieces[pieces.length - 1] = Buffer.from(target.buffer, last.byteOffset, last.length + sizeBytes);
    } else {
      pieces.push(target);
    }
    to = position + sizeBytes;
  });
  flush();
  await Promise.all(reads);
}

/** A read may end early, and then goes on from there. */
async function readFully(file: OpenFile, position: number, pieces: Buffer[]): Promise<void> {
  let [at, rest] = [position, pieces];
  while (rest.length > 0) {
    let bytesRead = await file.readInto(at, rest);
    if (bytesRead === 0) throw new Error('the file ends before this segment');
    at += bytesRead;
    let done = 0;
    while (done < rest.length && bytesRead >= rest[done]!.length) bytesRead -= rest[done++]!.length;
    rest = rest.slice(done);
    if (bytesRead > 0) rest[0] = rest[0]!.subarray(bytesRead);
  }
}
