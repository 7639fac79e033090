import { describe, expect, it } from 'vitest';
import { findBox, listBoxes, makeBox, makeFullBox } from './boxes.ts';
import { readFragment, type Sample, writeFragment } from './fragment.ts';

const sample = (ptsTicks: number, key = false, durationTicks = 10): Sample => ({
  ptsTicks,
  durationTicks,
  key,
  data: Buffer.from(`frame ${ptsTicks}`),
});

const NO_DEFAULTS = { durationTicks: 0, sizeBytes: 0, flags: 0 };

/** Reads a fragment of ours back, as a player would. */
function readBack(bytes: Buffer): Sample[] {
  const [moof, mdat] = listBoxes(bytes);
  expect([moof?.type, mdat?.type, listBoxes(bytes).length]).toEqual(['moof', 'mdat', 2]);
  return readFragment(bytes.subarray(0, moof!.end), bytes.subarray(mdat!.bodyStart), mdat!.bodyStart, NO_DEFAULTS);
}

/** The fragment's base decode time (`tfdt`). */
function decodeTime(bytes: Buffer): bigint {
  return bytes.readBigUInt64BE(findBox(bytes, 'moof/traf/tfdt')!.bodyStart + 4);
}

describe('writeFragment', () => {
  it.each([
    ['in order', [sample(100, true), sample(110), sample(120)]],
    ['with B-frames', [sample(100, true), sample(130), sample(110), sample(120)]],
    ['with a pyramid of B-frames', [sample(0, true), sample(40), sample(20), sample(10), sample(30)]],
    ['with leading frames of an open group', [sample(30, true), sample(10), sample(20), sample(40)]],
    ['with a variable frame rate', [sample(0, true, 5), sample(5, false, 100), sample(105, false, 1)]],
    ['with one frame', [sample(7, true)]],
  ])('keeps every time, key and byte %s', (_what, samples) => {
    const read = readBack(writeFragment(samples, 1, { delayTicks: 30 }));
    expect(read.map(({ ptsTicks }) => ptsTicks - 30)).toEqual(samples.map(({ ptsTicks }) => ptsTicks));
    expect(read.map(({ key }) => key)).toEqual(samples.map(({ key }) => key));
    expect(read.map(({ data }) => data.toString())).toEqual(samples.map(({ data }) => data.toString()));
  });

  it.each([
    ['that it can hold', 20],
    ['that is shorter than the reordering', 12],
  ])('is never decoded later than it is shown, within a delay %s', (_what, delayTicks) => {
    const samples = [sample(0, true), sample(40), sample(20), sample(10), sample(30)];
    const bytes = writeFragment(samples, 1, { delayTicks });
    const trun = findBox(bytes, 'moof/traf/trun')!.bodyStart + 12;
    const offsets = samples.map((_, n) => bytes.readInt32BE(trun + n * 16 + 12));
    const durations = samples.map((_, n) => bytes.readUInt32BE(trun + n * 16));
    expect(Math.min(...offsets)).toBeGreaterThanOrEqual(0);
    expect(Math.min(...durations)).toBeGreaterThan(0);
    expect(durations.reduce((sum, duration) => sum + duration)).toBe(50);
    expect(readBack(bytes).map(({ ptsTicks }) => ptsTicks - delayTicks)).toEqual([0, 40, 20, 10, 30]);
  });

  it('starts at its earliest picture, whatever the reordering', () => {
    expect(decodeTime(writeFragment([sample(30, true), sample(10), sample(20)], 1))).toBe(10n);
  });

  it('ends where the latest picture ends, so that the next fragment joins', () => {
    const read = readBack(writeFragment([sample(0, true), sample(30), sample(10), sample(20)], 1));
    expect(read.reduce((sum, { durationTicks }) => sum + durationTicks, 0)).toBe(40);
  });

  it('shifts sound by its priming, so that nothing lies before zero', () => {
    const bytes = writeFragment([sample(-1024, true, 1024), sample(0, true, 1024)], 1, { shiftTicks: 1024 });
    expect(decodeTime(bytes)).toBe(0n);
    expect(readBack(bytes).map(({ ptsTicks }) => ptsTicks)).toEqual([0, 1024]);
  });

  it('can be empty, at its place', () => {
    const bytes = writeFragment([], 5, { emptyAtTicks: 777 });
    expect(decodeTime(bytes)).toBe(777n);
    expect(readBack(bytes)).toEqual([]);
  });
});

describe('readFragment', () => {
  it('refuses a fragment that names more bytes than it carries', () => {
    const bytes = writeFragment([sample(0, true)], 1);
    const [moof] = listBoxes(bytes);
    expect(() => readFragment(bytes.subarray(0, moof!.end), Buffer.alloc(2), moof!.end + 8, NO_DEFAULTS)).toThrow(
      /more bytes/,
    );
  });

  it('takes from the defaults what a track run leaves unsaid', () => {
    const trun = Buffer.alloc(8);
    trun.writeUInt32BE(2, 0);
    const tfdt = Buffer.alloc(4);
    tfdt.writeUInt32BE(50);
    const head = Buffer.from([0, 0, 0, 1]);
    const traf = (offset: number) => {
      trun.writeInt32BE(offset, 4);
      return makeBox(
        'moof',
        makeBox(
          'traf',
          makeFullBox('tfhd', 0, 0x020000, head),
          makeFullBox('tfdt', 0, 0, tfdt),
          makeFullBox('trun', 0, 1, trun),
        ),
      );
    };
    const moof = traf(traf(0).length + 8);
    const samples = readFragment(moof, Buffer.from('aabb'), moof.length + 8, {
      durationTicks: 7,
      sizeBytes: 2,
      flags: 0x10000,
    });
    expect(samples.map(({ ptsTicks, durationTicks, key }) => [ptsTicks, durationTicks, key])).toEqual([
      [50, 7, false],
      [57, 7, false],
    ]);
    expect(samples.map(({ data }) => data.toString())).toEqual(['aa', 'bb']);
  });
});
