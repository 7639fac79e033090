import { expect, it } from 'vitest';
import type { StreamRendition, StreamSource } from '../source.ts';
import { encoderCost, encoderThreads, slotsOf } from './encoder-costs.ts';

it.each([
  ['auto', 1, 2],
  ['auto', 1.5, 2],
  ['auto', 8, 8],
  ['auto', 7.5, 7],
  [3, 64, 3],
] as const)('sessions: %s on %d cores are %d at once', (sessions, cores, slots) => {
  expect(slotsOf(sessions, { cores })).toBe(slots);
});

it.each([
  ['alone it takes what there is', 8, 0, 8, undefined],
  ['alone within a quota it takes what it may', 2, 0, 64, 3],
  ['the third of three takes its share', 8, 2, 8, 4],
  ['of many each takes one', 1.5, 9, 16, 1],
] as const)('threads: %s', (_what, cores, others, seen, threads) => {
  expect(encoderThreads({ cores }, others, seen)).toBe(threads);
});

it.each([
  [360, [360], 'h264', 94],
  [720, [720], 'h264', 182],
  [1080, [1080], 'h264', 330],
  [1080, [360], 'h264', 127],
  [1080, [1080, 720, 360], 'h264', 470],
  [2160, [1080], 'h264', 450],
  [2160, [2160], 'h264', 1036],
  [1080, [1080], 'hevc', 433],
  [1080, [1080], 'av1', 547],
  [1080, [1080], 'vp9', 378],
])(
  'memory: from %i lines to %j of %s is near the %i MB that were measured on two cores',
  (from, to, codec, measured) => {
    const size = (lines: number) => ({ width: (lines * 16) / 9, height: lines });
    const track = { index: 0, codedWidth: size(from).width, codedHeight: from };
    const source = { info: { video: [track] } } as unknown as StreamSource;
    const specs = to.map((lines) => ({ kind: 'video', trackIndex: 0, codec, ...size(lines) }));
    const renditions = specs.map((spec) => ({ spec }) as unknown as StreamRendition);
    const ratio = encoderCost(source, renditions, 2).memoryBytes / (measured * 1024 * 1024);
    expect(ratio).toBeGreaterThan(0.95);
    expect(ratio).toBeLessThan(1.2);
  },
);
