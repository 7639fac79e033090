import { describe, expect, it } from 'vitest';
import { cutsOf, endOf, type RemuxPacket, readPackets } from './remux-packets.ts';

describe('readPackets', () => {
  it('reads times, lengths and key frames', () => {
    const printed = '0.080000,0.000000,0.040000,K_\n0.200000,0.040000,0.040000,__\n\n0.120000,0.080000,0.040000,__,\n';
    expect(readPackets(printed, true)).toEqual([
      { ptsSec: 0.08, durationSec: 0.04, key: true },
      { ptsSec: 0.2, durationSec: 0.04, key: false },
      { ptsSec: 0.12, durationSec: 0.04, key: false },
    ]);
  });

  it('takes decode times where they are all there is, and nothing is reordered', () => {
    const printed = 'N/A,0.000000,0.040000,K_\nN/A,0.040000,N/A,__\n';
    expect(readPackets(printed, false)?.map(({ ptsSec }) => ptsSec)).toEqual([0, 0.04]);
    expect(readPackets(printed, true)).toBeNull();
  });

  it.each([
    ['no times at all', 'N/A,N/A,0.04,K_\n'],
    ['decode times that stand still', '0,0,0.04,K_\n0.04,0,0.04,__\n'],
    ['decode times that jump back', '5,5,0.04,K_\n1,1,0.04,__\n'],
    ['two packets at one time', '0.08,0,0.04,K_\n0.08,0.04,0.04,__\n'],
    ['a picture decoded after it is shown', '0,0,0.04,K_\n0.02,0.04,0.04,__\n'],
    ['no key frame at the start', '0,0,0.04,__\n0.04,0.04,0.04,K_\n'],
    ['damaged packets', '0,0,0.04,K_\n0.04,0.04,0.04,_C\n'],
    ['nothing', ''],
  ])('refuses %s', (_what, printed) => {
    expect(readPackets(printed, false)).toBeNull();
  });
});

const every = (stepSec: number, seconds = 20): RemuxPacket[] =>
  Array.from({ length: Math.ceil(seconds / stepSec) }, (_, n) => ({ ptsSec: n * stepSec, durationSec: 0, key: true }));

describe('cutsOf', () => {
  it.each([
    ['every second', 1, [0, 4, 8, 12, 16]],
    ['every 2.002 s, drifting', 2.002, [0, 4.004, 8.008, 12.012, 16.016]],
    ['every three seconds', 3, [0, 3, 6, 12, 15, 18]],
    ['every twelve seconds', 12, [0, 12]],
    ['at every frame', 0.04, [0, 4, 8, 12, 16]],
  ])('takes what is nearest to every 4 s of key frames %s', (_what, stepSec, expected) => {
    expect(cutsOf(every(stepSec), 0).map(({ keyUs }) => keyUs / 1e6)).toEqual(expected);
  });

  it('begins an open group with its leading pictures', () => {
    const packet = (ptsSec: number, key = false) => ({ ptsSec, durationSec: 0.04, key });
    const packets = [packet(1, true), packet(3), packet(5.08, true), packet(5), packet(5.04), packet(9)];
    expect(cutsOf(packets, 1)).toEqual([
      { keyUs: 0, startUs: 0 },
      { keyUs: 4_080_000, startUs: 4_000_000 },
    ]);
  });
});

it('ends where the last packet ends, whose length may not be known', () => {
  expect(endOf(every(2, 10))).toBe(10);
});
