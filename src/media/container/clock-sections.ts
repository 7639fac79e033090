import { type ClockStamp, ticksBetween, WRAP_TICKS } from './clock-stamps.ts';

/**
 * Finds where the clock of a stream jumps: files that were put one behind the other, recordings that were stopped and went on.
 * Between two jumps is a section; what is in it keeps its times to each other.
 */

const SEC = 90_000;
/** Decode times never go back; what says no decode time goes back by the reordering of a few frames. */
const BACK_TICKS = 0.5 * SEC;
/** A hole this long in all streams and the reference clock at once is no hole: nothing was sent. */
const HOLE_TICKS = 10 * SEC;
/** Streams that jump together are this near to each other afterwards. */
const NEAR_TICKS = 5 * SEC;
/** With fewer stamps it was no section but a damaged time or two. */
const FEWEST_STAMPS = 8;
/** Every clock of one film tells about the same time; those of several programmes do not. */
const ONE_CLOCK_TICKS = 60 * SEC;
const MOST_SECTIONS = 2000;

interface Section {
  firstTicks: number | null;
  endTicks: number;
  latestTicks: number;
  stamps: number;
  /** By how much the stamp that opened it would have to be moved to follow its own stream. */
  followsByTicks: number;
  before: number;
}

interface Stream {
  section: number;
  lastTicks: number;
  lastBytes: number;
  /** How long its packets last, and how much is in one. */
  stepTicks: number;
  stepBytes: number;
}

/** How long the last packet of a stream may last: of sound, several frames are in one, and fewer in the last. */
function lengthOf({ stepTicks, stepBytes, lastBytes }: Stream): number {
  const isPart = lastBytes > 0 && stepBytes > lastBytes;
  return isPart ? Math.round((stepTicks * lastBytes) / stepBytes) : stepTicks;
}

export interface ClockSections {
  /** The number of the section that a stamp is in. They are to be given in the order stored, all or none. */
  place(stamp: ClockStamp): number;
  /**
   * By how many ticks each section is to be moved so that one follows the other. Null where there is but one, or where the
   * clocks make no sense at all.
   */
  moves(): number[] | null;
}

export function createClockSections(): ClockSections {
  const sections: Section[] = [];
  const streams = new Map<number, Stream>();
  let isHopeless = false;

  const isNear = (ticks: number, { latestTicks }: Section) => {
    const ahead = ticksBetween(ticks, latestTicks);
    return ahead > -NEAR_TICKS && ahead < HOLE_TICKS;
  };

  const open = (stamp: ClockStamp, stream: Stream | undefined): number => {
    const { dtsTicks } = stamp;
    if (sections.length >= MOST_SECTIONS) isHopeless = true;
    const followsByTicks = stream ? ticksBetween(stream.lastTicks + stream.stepTicks, dtsTicks) : 0;
    const facts = { firstTicks: null, endTicks: stamp.ptsTicks, latestTicks: dtsTicks, stamps: 0, followsByTicks };
    sections.push({ ...facts, before: stream?.section ?? 0 });
    return sections.length - 1;
  };

  /** The section that a stream goes on in after a jump. */
  const afterJump = (stamp: ClockStamp, stream: Stream): number => {
    const ticks = stamp.dtsTicks;
    for (let n = sections.length - 1; n > stream.section; n--) if (isNear(ticks, sections[n]!)) return n;
    const current = sections[stream.section]!;
    // Back from a damaged time: the others never left.
    if (current.stamps < FEWEST_STAMPS && isNear(ticks, sections[current.before]!)) return current.before;
    return open(stamp, stream);
  };

  return {
    place(stamp) {
      const { dtsTicks, ptsTicks } = stamp;
      if (isHopeless) return 0;
      let stream = streams.get(stamp.stream);
      if (!stream) {
        const near = sections.findLastIndex((section) => isNear(dtsTicks, section));
        const section = near >= 0 ? near : sections.length === 0 ? open(stamp, undefined) : sections.length - 1;
        if (near < 0 && Math.abs(ticksBetween(dtsTicks, sections[section]!.latestTicks)) > ONE_CLOCK_TICKS) {
          isHopeless = true;
        }
        stream = { section, lastTicks: dtsTicks, lastBytes: 0, stepTicks: 0, stepBytes: 0 };
        streams.set(stamp.stream, stream);
      }
      const passed = ticksBetween(dtsTicks, stream.lastTicks);
      const ahead = ticksBetween(dtsTicks, sections[stream.section]!.latestTicks);
      if (passed < -BACK_TICKS || ahead > HOLE_TICKS) stream.section = afterJump(stamp, stream);
      else if (passed > 0 && passed < SEC) {
        stream.stepTicks = passed;
        stream.stepBytes = stream.lastBytes;
      }
      stream.lastTicks = dtsTicks;
      stream.lastBytes = stamp.bytes;
      const section = sections[stream.section]!;
      if (ticksBetween(dtsTicks, section.latestTicks) > 0) section.latestTicks = dtsTicks;
      if (stamp.isShown) {
        section.stamps++;
        const endTicks = (ptsTicks + lengthOf(stream)) % WRAP_TICKS;
        if (ticksBetween(endTicks, section.endTicks) > 0) section.endTicks = endTicks;
        const { firstTicks } = section;
        if (firstTicks === null || ticksBetween(ptsTicks, firstTicks) < 0) section.firstTicks = ptsTicks;
      }
      return stream.section;
    },
    moves() {
      const isReal = ({ stamps }: Section) => stamps >= FEWEST_STAMPS;
      if (isHopeless || sections.filter(isReal).length < 2) return null;
      const moves: number[] = [];
      let endTicks: number | null = null;
      for (const section of sections) {
        const follows: boolean = endTicks !== null && isReal(section);
        const byTicks: number = follows
          ? ticksBetween(endTicks!, section.firstTicks!)
          : (moves[section.before] ?? 0) + section.followsByTicks;
        moves.push(byTicks);
        if (isReal(section)) endTicks = section.endTicks + byTicks;
      }
      return moves;
    },
  };
}
