import { expect, test } from 'vitest';
import { type MatroskaIndex, readMatroskaIndex, writeMatroskaIndex } from './matroska-index.ts';
import { createVarintReader, createVarintWriter } from './varints.ts';

function written(index: MatroskaIndex): Buffer {
  const out = createVarintWriter();
  writeMatroskaIndex(index, out);
  return out.finish();
}
const read = (bytes: Buffer) => readMatroskaIndex(createVarintReader(bytes));

const film: MatroskaIndex = {
  kind: 'video',
  trackNumber: 1,
  timestampScale: 1_000_000,
  defaultDurationNs: 41_708_333,
  strippedHeader: Buffer.from([0]),
  endPosition: 4_184_118_326,
  positions: Float64Array.from({ length: 1350 }, (_, n) => 919 + n * 3_099_345),
  ticks: Float64Array.from({ length: 1350 }, (_, n) => 21 + n * 4004),
  clusterTicks: Float64Array.from({ length: 1350 }, (_, n) => n * 4004),
  lacedStartsUs: null,
};

test('an index is read as it was written, in some eight bytes a segment', () => {
  const bytes = written(film);
  expect(read(bytes)).toEqual(film);
  expect(bytes.length / film.positions.length).toBeLessThan(9);
});

test('times before zero, laced sound, and the end of it before the film', () => {
  const sound: MatroskaIndex = {
    ...film,
    kind: 'audio',
    strippedHeader: Buffer.alloc(0),
    positions: Float64Array.of(500, 9000, 9000, 4_184_118_326),
    ticks: Float64Array.of(-30, 3990, 3990, 3990),
    clusterTicks: Float64Array.of(0, 4000, 4000, 4000),
    lacedStartsUs: Float64Array.of(-30_000, 3_999_999, 8_000_000, 12_000_000),
  };
  expect(read(written(sound))).toEqual(sound);
});

test('bytes that end too early are none', () => {
  const bytes = written(film);
  for (const length of [0, 5, 12, 100, bytes.length - 1]) {
    expect(() => read(bytes.subarray(0, length))).toThrow(RangeError);
  }
});
