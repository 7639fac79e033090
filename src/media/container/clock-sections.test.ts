import { describe, expect, it } from 'vitest';
import { createClockSections } from './clock-sections.ts';
import { type ClockStamp, moveClock, readProgramStamps, readTransportStamps, WRAP_TICKS } from './clock-stamps.ts';

const SEC = 90_000;
const stamp = (stream: number, sec: number, isShown = true): ClockStamp => {
  const ticks = (Math.round(sec * SEC) + WRAP_TICKS) % WRAP_TICKS;
  return { stream, isShown, ptsTicks: ticks, dtsTicks: ticks, bytes: 0, fields: [] };
};
/** Pictures, sound a little behind in the file, and the reference clock ahead of both. */
const part = (fromSec: number, seconds: number) =>
  Array.from({ length: seconds * 25 }, (_, n) => fromSec + n / 25).flatMap((sec) => [
    stamp(0, sec - 0.5, false),
    stamp(1, sec),
    stamp(2, sec - 0.02),
  ]);
const movesOf = (stamps: ClockStamp[]) => {
  const sections = createClockSections();
  const places = stamps.map((one) => sections.place(one));
  return { moves: sections.moves()?.map((ticks) => Math.round((ticks / SEC) * 1000) / 1000), places };
};

describe('the clock of a stream', () => {
  const cases: [string, ClockStamp[], number[] | undefined][] = [
    ['goes on', part(1, 20), undefined],
    ['wraps around', part(-10, 20), undefined],
    ['begins again', [...part(1, 20), ...part(1, 20)], [0, 20.02]],
    ['jumps an hour ahead', [...part(1, 20), ...part(3600, 20)], [0, 20.02 - 3599 + 20 - 20]],
    ['goes back to another film and on', [...part(1, 20), ...part(500, 5), ...part(21, 20)], [0, -478.98, 5.04]],
    ['is damaged once', [...part(1, 5), stamp(1, 900), ...part(6, 5)], undefined],
    ['is that of two programmes', part(1, 20).flatMap((one) => [one, stamp(9, 5000 + one.dtsTicks / SEC)]), undefined],
    [
      'has a hole in one stream',
      [...part(1, 5), ...part(6, 30).filter(({ stream }) => stream !== 1), ...part(36, 5)],
      undefined,
    ],
    [
      'has pictures every twenty seconds',
      Array.from({ length: 1000 }, (_, n) => [stamp(0, n / 10, false), ...(n % 200 ? [] : [stamp(1, n / 10)])]).flat(),
      undefined,
    ],
  ];
  it.each(cases)('%s', (_, stamps, expected) => {
    expect(movesOf(stamps).moves).toEqual(expected);
  });

  it('jumps for each stream at its own place', () => {
    const first = part(1, 20);
    const second = part(1, 20);
    // The last sound of the first part is stored behind the first pictures of the second.
    const late = first.splice(-30).filter(({ stream }) => stream === 2);
    const mixed = [...first, ...second.slice(0, 30).filter(({ stream }) => stream !== 2), ...late];
    mixed.push(...second.slice(0, 30).filter(({ stream }) => stream === 2), ...second.slice(30));
    const { moves, places } = movesOf(mixed);
    expect(moves).toHaveLength(2);
    expect(places.filter((_, n) => late.includes(mixed[n]!))).toEqual(late.map(() => 0));
  });
});

describe('stamps', () => {
  const pes = (at: number) => [0, 0, 1, 0xe0, 0, 14, 0x80, 0xc0, 10, ...ticksIn(at + 3600, 0x30), ...ticksIn(at, 0x10)];
  const ticksIn = (ticks: number, lead: number) => [
    lead | (Math.floor(ticks / 2 ** 30) << 1) | 1,
    Math.floor(ticks / 2 ** 22) & 0xff,
    ((Math.floor(ticks / 2 ** 15) & 0x7f) << 1) | 1,
    Math.floor(ticks / 2 ** 7) & 0xff,
    ((ticks & 0x7f) << 1) | 1,
  ];
  const packet = (ticks: number) => {
    const bytes = Buffer.alloc(188, 0xff);
    const base = Math.floor(ticks / 2);
    bytes.set([0x47, 0x41, 0x00, 0x30, 7, 0x10]);
    bytes.writeUInt32BE(base, 6);
    bytes.set([((ticks % 2) << 7) | 0x7e, 0x2a], 10);
    bytes.set(pes(ticks), 12);
    return bytes;
  };

  it.each([0, 1, 90_001, 2 ** 32 + 12_345, WRAP_TICKS - 7201])('of a transport stream at %d are moved', (ticks) => {
    const bytes = Buffer.concat([Buffer.from([1, 2, 3]), packet(ticks), packet(ticks), Buffer.from([0x47])]);
    const read = () => readTransportStamps(bytes, 188).stamps.map(({ ptsTicks, dtsTicks }) => [ptsTicks, dtsTicks]);
    expect(read()).toEqual([
      [ticks, ticks],
      [ticks + 3600, ticks],
      [ticks, ticks],
      [ticks + 3600, ticks],
    ]);
    for (const { fields } of readTransportStamps(bytes, 188).stamps)
      for (const field of fields) moveClock(bytes, field, 3601);
    const moved = ticks + 3601;
    expect(read().slice(0, 2)).toEqual([
      [moved, moved],
      [(moved + 3600) % WRAP_TICKS, moved],
    ]);
    for (const { fields } of readTransportStamps(bytes, 188).stamps)
      for (const field of fields) moveClock(bytes, field, -3601);
    expect(bytes).toEqual(Buffer.concat([Buffer.from([1, 2, 3]), packet(ticks), packet(ticks), Buffer.from([0x47])]));
  });

  it('of a program stream are moved', () => {
    const ticks = 2 ** 32 + 54_321;
    const scr = Buffer.from([0, 0, 1, 0xba, 0x44, 0, 0x04, 0, 0x04, 0x01, 0, 0, 3, 0xf8]);
    moveClock(scr, { at: 4, form: 'scr' }, ticks);
    const bytes = Buffer.concat([scr, Buffer.from(pes(ticks)), Buffer.alloc(100)]);
    const before = Buffer.from(bytes);
    const { stamps } = readProgramStamps(bytes);
    expect(stamps.map(({ ptsTicks, isShown }) => [ptsTicks, isShown])).toEqual([
      [ticks, false],
      [ticks + 3600, true],
    ]);
    for (const by of [12_345, -12_345])
      for (const { fields } of stamps) for (const field of fields) moveClock(bytes, field, by);
    expect(bytes).toEqual(before);
  });
});
