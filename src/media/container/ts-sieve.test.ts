import { expect, it } from 'vitest';
import { packet } from '../../../test/support/transport-packets.ts';
import { between, createTsSieve, siftStream } from './ts-sieve.ts';

const SOUND = 0x101;
const numbered = (pid: number, n: number) => packet(pid, Buffer.alloc(184, n));

it.each([188, 192, 204])('takes the packets of a stream out of others, %i bytes apart', (stride) => {
  const pids = [0x100, SOUND, 0x100, SOUND, 0x1fff, 0x1101 & 0x1fff, SOUND];
  const bytes = Buffer.concat(
    pids.map((pid, n) => Buffer.concat([numbered(pid, n), Buffer.alloc(stride - 188, 0x47)])),
  );
  const sieve = createTsSieve();
  siftStream(bytes, 5000, { pid: SOUND, form: { offset: 0, stride } }, sieve);
  const sifted = sieve.finish();
  expect([...sifted.positions]).toEqual([1, 3, 6].map((n) => 5000 + n * stride));
  expect(sifted.bytes).toEqual(Buffer.concat([1, 3, 6].map((n) => numbered(SOUND, n))));
});

it('has room for as many as there are', () => {
  const sieve = createTsSieve();
  for (let n = 0; n < 5000; n++) sieve.take(numbered(SOUND, n % 256), 0, n * 188);
  const { positions, bytes } = sieve.finish();
  expect(positions).toHaveLength(5000);
  for (const n of [0, 1023, 1024, 4999]) {
    expect(positions[n]).toBe(n * 188);
    expect(bytes.subarray(n * 188, (n + 1) * 188)).toEqual(numbered(SOUND, n % 256));
  }
});

it('cuts them where a range begins and ends', () => {
  const sieve = createTsSieve();
  for (const position of [100, 300, 500, 700]) sieve.take(numbered(SOUND, position / 100), 0, position);
  const sifted = sieve.finish();
  const found = (from: number, until: number) => {
    const { positions, bytes } = between(sifted, from, until);
    expect(bytes).toHaveLength(positions.length * 188);
    return [...positions];
  };
  expect(found(0, 1000)).toEqual([100, 300, 500, 700]);
  expect(found(300, 700)).toEqual([300, 500]);
  expect(found(301, 500)).toEqual([]);
  expect(between(sifted, 300, 500).bytes).toEqual(numbered(SOUND, 3));
});
