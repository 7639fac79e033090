import { describe, expect, it } from 'vitest';
import { listBoxes } from '../media/container/boxes.ts';
import { readFragment, type Sample } from '../media/container/fragment.ts';
import { type CutSegment, type CutterOptions, createSegmentCutter } from './segment-cutter.ts';

const S = 1_000_000;
const BASE: CutterOptions = {
  boundariesUs: [0, 4 * S, 8 * S, 12 * S],
  timescale: 1000,
  firstSegment: 0,
  endSegment: 3,
  keyed: true,
  toleranceTicks: 1,
  silence: null,
  shiftTicks: 0,
  delayTicks: 0,
};
const frame = (ptsTicks: number, key = false): Sample => ({
  ptsTicks,
  durationTicks: 1000,
  key,
  data: Buffer.from('x'),
});

function timesIn({ bytes }: CutSegment): number[] {
  const [moof, mdat] = listBoxes(bytes);
  const defaults = { durationTicks: 0, sizeBytes: 0, flags: 0 };
  return readFragment(bytes.subarray(0, moof!.end), bytes.subarray(mdat!.bodyStart), mdat!.bodyStart, defaults).map(
    ({ ptsTicks }) => ptsTicks,
  );
}

function cut(options: Partial<CutterOptions>, samples: Sample[]): [number, number[]][] {
  const cutter = createSegmentCutter({ ...BASE, ...options });
  return [...cutter.push(samples), ...cutter.finish()].map((segment) => [segment.index, timesIn(segment)]);
}

describe('pictures', () => {
  it('open a segment with the key frame at its boundary', () => {
    const frames = [0, 2000, 4000, 6000, 8000, 10_000].map((time) => frame(time, time % 4000 === 0));
    expect(cut({}, frames)).toEqual([
      [0, [0, 2000]],
      [1, [4000, 6000]],
      [2, [8000, 10_000]],
    ]);
  });

  it('are done as soon as their group is, without waiting for the next one', () => {
    const cutter = createSegmentCutter(BASE);
    expect(cutter.push([frame(0, true), frame(3000), frame(1000), frame(2000)]).map(({ index }) => index)).toEqual([0]);
    expect(cutter.push([frame(4000, true), frame(5000)]).map(({ index }) => index)).toEqual([]);
    expect(cutter.push([frame(6000, true), frame(7000)]).map(({ index }) => index)).toEqual([1]);
    expect(cutter.finish().map(({ index }) => index)).toEqual([2]);
  });

  it('stay in their segment while no key frame comes', () => {
    expect(cut({}, [frame(0, true), frame(4000), frame(5000, true), frame(8000, true)])).toEqual([
      [0, [0, 4000]],
      [1, [5000]],
      [2, [8000]],
    ]);
  });

  it('ignore key frames inside a segment', () => {
    expect(cut({}, [frame(0, true), frame(2000, true), frame(4000, true), frame(8000, true)])[0]).toEqual([
      0,
      [0, 2000],
    ]);
  });

  it('take a boundary that came out a tick early', () => {
    expect(cut({}, [frame(0, true), frame(3999, true), frame(8000, true)])[1]).toEqual([1, [3999]]);
  });

  it('are held in a segment where none begins', () => {
    expect(cut({}, [frame(0, true), frame(1000), frame(8000, true)])).toEqual([
      [0, [0, 1000]],
      [1, [4000, 4001]],
      [2, [8000]],
    ]);
  });

  it('beyond the end of the run are not kept', () => {
    expect(cut({ firstSegment: 1, endSegment: 2 }, [frame(4000, true), frame(8000, true)])).toEqual([[1, [4000]]]);
  });

  it('beyond the last boundary belong to the last segment', () => {
    expect(cut({ firstSegment: 2 }, [frame(8000, true), frame(13_000, true)])).toEqual([[2, [8000, 13_000]]]);
  });
});

describe('sound', () => {
  it('is cut at the first packet at or after a boundary, and warm-up is thrown away', () => {
    const packets = [3500, 3900, 4100, 7900, 8100].map((time) => frame(time, true));
    expect(cut({ keyed: false, firstSegment: 1 }, packets)).toEqual([
      [1, [4100, 7900]],
      [2, [8100]],
    ]);
  });

  it('keeps its priming before zero in the first segment', () => {
    expect(cut({ keyed: false, shiftTicks: 21 }, [frame(-21, true), frame(0, true)])[0]).toEqual([0, [0, 21]]);
  });

  it('gives the same segments however its packets come in', () => {
    const packets = Array.from({ length: 50 }, (_, n) => frame(n * 240, true));
    const oneByOne = createSegmentCutter({ ...BASE, keyed: false });
    const done = packets.flatMap((packet) => oneByOne.push([packet]));
    expect([...done, ...oneByOne.finish()].map((segment) => [segment.index, timesIn(segment)])).toEqual(
      cut({ keyed: false }, packets),
    );
  });
});

describe('holes', () => {
  const durationsIn = ({ bytes }: CutSegment) => {
    const [moof, mdat] = listBoxes(bytes);
    const defaults = { durationTicks: 0, sizeBytes: 0, flags: 0 };
    const body = bytes.subarray(mdat!.bodyStart);
    return readFragment(bytes.subarray(0, moof!.end), body, mdat!.bodyStart, defaults).map((s) => s.durationTicks);
  };

  it('are filled by the picture before them', () => {
    const cutter = createSegmentCutter(BASE);
    const [first, second] = cutter.push([frame(0, true), frame(1000), frame(9500, true)]);
    expect(durationsIn(first!)).toEqual([1000, 3000]);
    expect(timesIn(second!)).toEqual([4000, 4001]);
    expect(durationsIn(second!)).toEqual([1, 5499]);
    expect(cutter.finish().map(durationsIn)).toEqual([[2500]]);
  });

  it('at the start are filled by the first picture', () => {
    expect(cut({}, [frame(2500, true), frame(3500)])[0]).toEqual([0, [0, 3500]]);
    expect(cut({}, [frame(80, true), frame(1080)])[0]).toEqual([0, [80, 1080]]);
  });

  it('in sound that has ended are filled with silence, on the grid of its packets', () => {
    const silence = { data: Buffer.from('s'), frameTicks: 1000, primingTicks: 300 };
    const sound = { keyed: false, silence };
    expect(cut({ ...sound, endSegment: 2 }, [frame(-300), frame(700), frame(1700)])).toEqual([
      [0, [700, 1700, 2700, 3700]],
      [1, [4700, 5700, 6700, 7700]],
    ]);
    expect(cut({ ...sound, firstSegment: 1, endSegment: 2 }, [])).toEqual([[1, [4700, 5700, 6700, 7700]]]);
  });
});
