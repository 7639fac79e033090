import { type Sample, writeFragment } from '../media/container/fragment.ts';

/** A finished segment of one rendition. */
export interface CutSegment {
  index: number;
  bytes: Buffer;
}

/** hls.js tolerates as much before it skips. */
const LATEST_PICTURE_SEC = 0.1;

export interface CutterOptions {
  boundariesUs: readonly number[];
  timescale: number;
  firstSegment: number;
  /** One past the last segment this run makes. */
  endSegment: number;
  /** True for pictures: only a key frame opens a segment. */
  keyed: boolean;
  /** How much earlier than its boundary a sample may be: encoders' clocks tick more coarsely than microseconds. */
  toleranceTicks: number;
  /** Added to every time written, and to presentation times alone (`media/container/lead-in.ts`). */
  shiftTicks: number;
  delayTicks: number;
  /** Whether a segment may be closed before the next one's first picture comes: the lengths of frames can be relied upon. */
  closesEarly?: boolean;
  /** What a track of sound that has ended goes on with; null for pictures. */
  silence: Silence | null;
}

/** A packet of silence, and the grid of packets: one begins so long before time zero, and then one after the other. */
export interface Silence {
  data: Uint8Array;
  frameTicks: number;
  primingTicks: number;
}

export interface SegmentCutter {
  /**
   * Takes samples in decode order, times in ticks since presentation zero; returns the segments they complete. Pictures come
   * in whole groups, each from its key frame on.
   */
  push(samples: readonly Sample[]): CutSegment[];
  /** The encoder has ended well: what is left is the last segment, and those after it that got nothing. */
  finish(): CutSegment[];
}

/**
 * Sorts an encoder's samples into segments by their presentation time and writes each as soon as it is complete.
 *
 * A picture opens the next segment with the first key frame at or after its boundary (the encoder was told to make one
 * there); sound with the first packet at or after it. What a run made before its first boundary, to warm up, is thrown
 * away. A segment in which no picture begins holds the last one before it (`holdLast`); with none before it, it is written with no
 * samples.
 */
export function createSegmentCutter(options: CutterOptions): SegmentCutter {
  const { boundariesUs, timescale, firstSegment, endSegment, keyed, toleranceTicks, closesEarly = true } = options;
  const lastSegment = boundariesUs.length - 2;
  /** Packets that are copied are cut where there are some. */
  const holds = keyed && closesEarly;
  let current = firstSegment;
  let pending: Sample[] = [];
  /** Of pictures, the last group that was written: what it takes to show its last picture again. */
  let lastGroup: Sample[] = [];
  /** Where the last packet taken ends. */
  let soundEndTicks: number | null = null;

  const startTicks = (index: number) => (boundariesUs[index]! * timescale) / 1e6;
  const isWarmUp = (sample: Sample) =>
    firstSegment > 0 &&
    sample.ptsTicks + toleranceTicks < startTicks(firstSegment) &&
    (sample.key || pending.length === 0);

  /** The segment a sample belongs to or opens, never before the current one. */
  const segmentOf = (sample: Sample) => {
    if (keyed && !sample.key) return current;
    let index = current;
    const ptsTicks = sample.ptsTicks + toleranceTicks;
    while (index < lastSegment && index < endSegment && ptsTicks >= startTicks(index + 1)) index++;
    return index;
  };

  /**
   * Whether what is pending reaches up to the next boundary. An encoder hands on a whole group of pictures at once, so
   * there is no need to wait for the next one, which takes as long again: the group ends where its durations add up to.
   */
  const isWhole = () => {
    if (pending.length === 0 || current >= endSegment || current >= lastSegment) return false;
    const first = pending.reduce((earliest, { ptsTicks }) => Math.min(earliest, ptsTicks), Number.POSITIVE_INFINITY);
    const lengthTicks = pending.reduce((sum, { durationTicks }) => sum + durationTicks, 0);
    const frameTicks = lengthTicks / pending.length;
    return first + lengthTicks + frameTicks / 2 >= startTicks(current + 1);
  };

  /** `nextTicks`: when the sample is shown that opens the next segment, where it is known. */
  const close = (nextTicks?: number): CutSegment => {
    const index = current++;
    const isHeld = holds && pending.length === 0;
    if (keyed && pending.length > 0) lastGroup = pending;
    const own = isHeld ? holdLast(lastGroup, Math.round(startTicks(index))) : pending;
    const samples = keyed && index === 0 ? shownFromStart(own, timescale) : own;
    pending = [];
    const { shiftTicks, delayTicks } = options;
    const timing = { shiftTicks, delayTicks, emptyAtTicks: Math.round(startTicks(index)) };
    // A picture stays until the next one, however long that takes: players wait at holes.
    const untilTicks = Math.max(Math.round(startTicks(index + 1)), nextTicks ?? 0);
    return { index, bytes: writeFragment(samples, index + 1, keyed ? { ...timing, untilTicks } : timing) };
  };

  /** Goes on with silence up to the end of the current segment. */
  const fillWithSilence = ({ data, frameTicks, primingTicks }: Silence) => {
    const frame = Math.ceil((startTicks(current) - toleranceTicks + primingTicks) / frameTicks);
    let ptsTicks = soundEndTicks ?? frame * frameTicks - primingTicks;
    for (; ptsTicks + toleranceTicks < startTicks(current + 1); ptsTicks += frameTicks) {
      pending.push({ ptsTicks, durationTicks: frameTicks, key: true, data });
    }
    soundEndTicks = ptsTicks;
  };

  return {
    push(samples) {
      const done: CutSegment[] = [];
      for (const sample of samples) {
        if (isWarmUp(sample)) continue;
        const target = segmentOf(sample);
        // A segment in between holds the picture itself, from its own boundary on.
        while (current < target) done.push(close(!holds || current + 1 === target ? sample.ptsTicks : undefined));
        soundEndTicks = sample.ptsTicks + sample.durationTicks;
        if (current < endSegment) pending.push(sample);
      }
      if (keyed && closesEarly && isWhole()) done.push(close());
      return done;
    },
    finish() {
      const done: CutSegment[] = [];
      while (current < endSegment) {
        if (options.silence) fillWithSilence(options.silence);
        done.push(close());
      }
      return done;
    },
  };
}

/**
 * A group of pictures once more, to be decoded for its last picture's sake: all are shown a tick after the other, and that one stays. A
 * player that enters at a hole has nothing else to show.
 */
function holdLast(group: readonly Sample[], atTicks: number): Sample[] {
  const shown = group.map(({ ptsTicks }) => ptsTicks).sort((a, b) => a - b);
  return group.map((sample) => ({
    ...sample,
    ptsTicks: atTicks + shown.indexOf(sample.ptsTicks),
    durationTicks: 1,
  }));
}

/** Players skip what has no picture yet: where sound begins much earlier, the first picture is shown from the start. */
export function shownFromStart<T extends Pick<Sample, 'ptsTicks'>>(samples: T[], timescale: number): T[] {
  const firstTicks = samples.reduce((first, { ptsTicks }) => Math.min(first, ptsTicks), Number.POSITIVE_INFINITY);
  if (firstTicks < LATEST_PICTURE_SEC * timescale) return samples;
  return samples.map((sample) => (sample.ptsTicks === firstTicks ? { ...sample, ptsTicks: 0 } : sample));
}
