import { describe, expect, test } from 'vitest';
import type { SampleTable } from '../container/sample-tables.ts';
import { bandwidthOf, keyFrameSizes, segmentSizes } from './bandwidth.ts';

const S = 1_000_000;

describe('bandwidth', () => {
  test.each<[string, number[], number[], { bitrateKbps: number; peakKbps: number } | null]>([
    ['even segments', [500, 500], [0, 4 * S, 8 * S], { bitrateKbps: 1, peakKbps: 1 }],
    ['one heavy', [500_000, 1_000_000, 500_000], [0, 4 * S, 8 * S, 12 * S], { bitrateKbps: 1334, peakKbps: 2000 }],
    // A first piece of a second is heavy for its length, and too short to count by itself.
    ['a short one', [300_000, 500_000, 500_000], [0, S, 5 * S, 9 * S], { bitrateKbps: 1156, peakKbps: 1280 }],
    ['nothing', [], [0], null],
    ['no time', [5], [0, 0], null],
  ])('%s', (_, sizes, boundariesUs, expected) => {
    expect(bandwidthOf(sizes, boundariesUs)).toEqual(expected);
  });
});

describe('segments of a sample table', () => {
  const table: SampleTable = {
    sampleCount: 7,
    sizeOf: (sample) => [1000, 10, 20, 2000, 30, 3000, 40][sample]!,
    // The third is shown before the second, and the track's clock starts at 5.
    timescale: 10,
    ptsTicks: Float64Array.of(50, 70, 60, 80, 90, 100, 110),
    keys: Uint32Array.of(0, 3, 5),
  };
  const wrapped = (samples: number) => 108 + 16 * samples;

  test('start at the key frames nearest to their times', () => {
    expect(segmentSizes(table, [0, 5 * S])).toEqual([3060 + wrapped(5), 3040 + wrapped(2)]);
    expect(segmentSizes(table, [40_000, 3_040_000])).toEqual([1030 + wrapped(3), 5070 + wrapped(4)]);
  });
  test('key frames alone', () => {
    expect(keyFrameSizes(table, [0, 3 * S, 5 * S])).toEqual([1000, 2000, 3000].map((size) => size + wrapped(1)));
  });
  test('sound is cut anywhere', () => {
    const sound = { ...table, keys: null, ptsTicks: Float64Array.of(0, 10, 20, 30, 40, 50, 60) };
    expect(segmentSizes(sound, [0, 2.5 * S])).toEqual([1030 + wrapped(3), 5070 + wrapped(4)]);
  });
});
