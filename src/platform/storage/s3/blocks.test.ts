import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { BLOCK_BYTES, type BlockObject, createBlocks } from './blocks.ts';

const film = randomBytes(20 * BLOCK_BYTES + 4321);
const object: BlockObject = { key: 'videos/a/film', version: '1', sizeBytes: film.length };

let fetched: [first: number, last: number][] = [];
let failing = 0;
beforeEach(() => {
  fetched = [];
  failing = 0;
});

function open(mostBytes = 100 * BLOCK_BYTES) {
  return createBlocks({
    mostBytes,
    async fetch(_object, { firstByte, lastByte }) {
      fetched.push([Math.floor(firstByte / BLOCK_BYTES), Math.floor(lastByte / BLOCK_BYTES)]);
      const fails = failing-- > 0;
      const bytes = film.subarray(firstByte, lastByte + 1);
      async function* chunks() {
        // In pieces that fit nothing, and broken off before the last.
        for (let at = 0; at < bytes.length; at += 50_001) {
          if (fails && at > 0) throw new Error('broken');
          yield bytes.subarray(at, at + 50_001);
        }
      }
      return { sizeBytes: bytes.length, chunks: chunks(), cancel() {} };
    },
  });
}

async function read(blocks: ReturnType<typeof open>, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, await blocks.readInto(object, position, [bytes]));
}

describe('blocks of an object', () => {
  it('are what the object is, wherever it is read', async () => {
    const blocks = open(3 * BLOCK_BYTES);
    const reads = Array.from({ length: 200 }, () => {
      const position = Math.floor(Math.random() * film.length);
      return { position, length: Math.floor(Math.random() * 3 * BLOCK_BYTES) };
    });
    await Promise.all(
      reads.map(async ({ position, length }) => {
        expect((await read(blocks, position, length)).equals(film.subarray(position, position + length))).toBe(true);
      }),
    );
    expect((await read(blocks, film.length - 10, 99)).equals(film.subarray(-10))).toBe(true);
    expect(await read(blocks, film.length, 10)).toHaveLength(0);
  });

  it('fill several places, empty ones among them', async () => {
    const targets = [1, 0, 200_000, 0, 77].map((length) => Buffer.alloc(length));
    expect(await open().readInto(object, BLOCK_BYTES - 1, targets)).toBe(200_078);
    expect(Buffer.concat(targets).equals(film.subarray(BLOCK_BYTES - 1, BLOCK_BYTES + 200_077))).toBe(true);
  });

  it('are fetched once, by as few requests as there are gaps', async () => {
    const blocks = open();
    await read(blocks, 4 * BLOCK_BYTES, 10);
    await Promise.all([read(blocks, 2 * BLOCK_BYTES, 5 * BLOCK_BYTES), read(blocks, 3 * BLOCK_BYTES, 10)]);
    expect(fetched).toEqual([
      [4, 4],
      [2, 3],
      [5, 6],
    ]);
  });

  it('are there already for those who read on, and only for them', async () => {
    const blocks = open();
    await read(blocks, 0, 10);
    await read(blocks, 10 * BLOCK_BYTES, 10);
    expect(fetched).toEqual([
      [0, 0],
      [10, 10],
    ]);
    await read(blocks, BLOCK_BYTES, 10);
    expect(fetched.slice(2)).toEqual([
      [1, 1],
      [2, 9],
    ]);
    for (let n = 2; n < 8; n++) await read(blocks, n * BLOCK_BYTES, 10);
    // Half of what was fetched ahead has been read: the rest of the film follows.
    expect(fetched.slice(4)).toEqual([[11, 15]]);
  });

  it('are let go of when there are too many, and when their object is gone', async () => {
    const blocks = open(4 * BLOCK_BYTES);
    for (const n of [0, 8, 4, 12, 16, 0]) await read(blocks, n * BLOCK_BYTES, 10);
    expect(fetched.map(([first]) => first)).toEqual([0, 8, 4, 12, 16, 0]);
    await read(blocks, 16 * BLOCK_BYTES, 10);
    expect(fetched).toHaveLength(6);
    blocks.forget('videos/a/film');
    await read(blocks, 16 * BLOCK_BYTES, 10);
    expect(fetched).toHaveLength(7);
  });

  it('are asked for again after a failure', async () => {
    const blocks = open();
    failing = 1;
    await expect(read(blocks, 0, 2 * BLOCK_BYTES)).rejects.toThrow('broken');
    expect((await read(blocks, 0, 2 * BLOCK_BYTES)).equals(film.subarray(0, 2 * BLOCK_BYTES))).toBe(true);
  });
});
