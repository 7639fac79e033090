import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import type { MatroskaIndex } from '../../src/media/container/matroska-index.ts';
import { buildMatroskaIndex } from '../../src/streaming/packager/index-matroska.ts';
import { readMatroskaKey, readMatroskaSegment } from '../../src/streaming/packager/matroska-segments.ts';
import { openMatroska } from '../../src/streaming/reading/matroska-file.ts';
import { createMatroskaSink } from '../../src/streaming/reading/matroska-sink.ts';
import type { ByteSource } from '../../src/streaming/reading/source-files.ts';
import { flipped, randomFrom, truncated } from '../support/damage.ts';
import { makeFlashes } from '../support/flash-and-beep.ts';
import { reshape } from '../support/matroska-shapes.ts';
import { memorySource } from '../support/packet-readers.ts';

/** Whatever is wrong with a file: an error that says so or packets, after no more reading than the file is long many times over. */

const STARTS_SEC = [0, 2.021, 4.021, 6.021, 8.021];
const MOST_READ = 400;

let films: Buffer[] = [];
beforeAll(async () => {
  const film = readFileSync(await makeFlashes('mkv'));
  const laced = reshape(film, { lace: 'ebml', groups: true, clusterBlocks: 37, relative: true, soundNs: 21_333_333 });
  films = [film, laced, reshape(film, { voids: true, strip: true, clusterBlocks: 60, lace: 'xiph' })];
});

/** Bytes in memory that count what is read of them. */
function counted(bytes: Buffer): ByteSource & { readBytes: number } {
  const source = memorySource(bytes);
  const count = (length: number) => {
    counting.readBytes += length + 4096;
    if (counting.readBytes > bytes.length * MOST_READ) throw new RangeError('read without end');
    if (length > bytes.length) throw new RangeError('more asked for than there is');
  };
  const counting = {
    ...source,
    readBytes: 0,
    read: async (position: number, length: number) => {
      if (position < 0) throw new RangeError('a place before the file');
      count(length);
      return source.read(position, length);
    },
    readInto: async (position: number, targets: readonly Uint8Array[]) => {
      if (position < 0) throw new RangeError('a place before the file');
      count(targets.reduce((sum, { length }) => sum + length, 0));
      return source.readInto(position, targets);
    },
  };
  return counting;
}

/** Errors that say what is wrong are as good as an answer. */
async function survived<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
    expect((error as Error).message).toMatch(/^(the file|several pictures share|a cluster has|too many frames)/);
    return null;
  }
}

async function indexesOf(source: ByteSource): Promise<MatroskaIndex[]> {
  const indexes: MatroskaIndex[] = [];
  const file = await survived(() => openMatroska(source));
  for (const track of file?.tracks ?? []) {
    const sink = createMatroskaSink(file!, track);
    if (!sink) continue;
    await survived(() => sink.getFirstPacket());
    await survived(() => sink.endSec());
    await survived(() => sink.getPacket(5));
    const key = await survived(() => sink.getKeyPacket(4.5));
    if (key) await survived(() => sink.getNextPacket(key, { metadataOnly: true }));
    const index = await survived(() => buildMatroskaIndex(file!, sink, track, STARTS_SEC));
    if (index) indexes.push(index);
  }
  return indexes;
}

async function readAll(source: ByteSource, indexes: readonly MatroskaIndex[]): Promise<number> {
  let packets = 0;
  for (const index of indexes) {
    for (const n of STARTS_SEC.keys()) {
      packets += (await survived(() => readMatroskaSegment(source, index, n)))?.length ?? 0;
      if (index.kind === 'video') await survived(() => readMatroskaKey(source, index, n));
    }
  }
  return packets;
}

test('damaged files', { timeout: 120_000 }, async () => {
  const random = randomFrom(11);
  for (let n = 0; n < 300; n++) {
    const whole = films[n % films.length]!;
    const bytes = n % 5 === 0 ? truncated(whole, random) : flipped(whole, 1 + (n % 40), random);
    const source = counted(bytes);
    await readAll(source, await indexesOf(source));
  }
});

test('files that were damaged after they had been indexed', { timeout: 120_000 }, async () => {
  const random = randomFrom(12);
  for (const whole of films) {
    const indexes = await indexesOf(counted(whole));
    expect(indexes).toHaveLength(2);
    expect(await readAll(counted(whole), indexes)).toBe(225 + 423);
    for (let n = 0; n < 60; n++) {
      const bytes = n % 4 === 0 ? truncated(whole, random) : flipped(whole, 1 + n, random);
      await readAll(counted(bytes), indexes);
    }
  }
});

test('a file in the place of another', async () => {
  const [film, other] = films;
  const [index] = await indexesOf(counted(film!));
  await expect(readMatroskaSegment(counted(other!), index!, 2)).rejects.toThrow(/^the file/);
  await expect(readMatroskaKey(counted(other!), index!, 2)).rejects.toThrow(/^the file/);
});
