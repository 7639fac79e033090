import { findBox, listBoxes, makeBox, makeFullBox } from './boxes.ts';

/**
 * CMAF fragments (ISO/IEC 23000-19, ISO/IEC 14496-12 section 8.8): reading samples out of those an encoder made and
 * writing our own. Everything Kinora delivers is written here, copied and encoded alike, so that any two segments of a
 * video join: each starts at its exact presentation time and lasts until the next one.
 */

/** One frame of a track, in the ticks of its track's timescale. */
export interface Sample {
  ptsTicks: number;
  durationTicks: number;
  key: boolean;
  data: Uint8Array;
}

const SYNC = 0x02000000; // sample_depends_on = 2: depends on no other
const NON_SYNC = 0x01010000; // sample_depends_on = 1, sample_is_non_sync_sample

/** Reads the ticks a second of the one track of an init segment (`mdhd`, section 8.4.2). */
export function readTimescale(init: Buffer): number {
  const mdhd = findBox(init, 'moov/trak/mdia/mdhd');
  if (!mdhd) throw new Error('the init segment has no mdhd box');
  return init.readUInt32BE(mdhd.bodyStart + (init[mdhd.bodyStart] === 1 ? 20 : 12));
}

interface TrackDefaults {
  durationTicks: number;
  sizeBytes: number;
  flags: number;
}

/** Reads `trex` (section 8.8.3): what fragments leave unsaid. */
export function readTrackDefaults(init: Buffer): TrackDefaults {
  const trex = findBox(init, 'moov/mvex/trex');
  if (!trex) return { durationTicks: 0, sizeBytes: 0, flags: 0 };
  const at = trex.bodyStart + 4;
  return {
    durationTicks: init.readUInt32BE(at + 8),
    sizeBytes: init.readUInt32BE(at + 12),
    flags: init.readUInt32BE(at + 16),
  };
}

/**
 * Reads the samples of one fragment with one track: `moof` and the `mdat` behind it, as ffmpeg writes them
 * (`default-base-moof`). Presentation time = decode time + composition offset, in ticks.
 */
export function readFragment(
  moof: Buffer,
  mdatBody: Buffer,
  mdatBodyOffset: number,
  defaults: TrackDefaults,
): Sample[] {
  const traf = findBox(moof, 'moof/traf');
  if (!traf) return [];
  const samples: Sample[] = [];
  let decodeTicks = 0;
  let own = defaults;
  for (const box of listBoxes(moof, traf.bodyStart, traf.end)) {
    if (box.type === 'tfhd') own = readTfhd(moof, box.bodyStart, defaults);
    if (box.type === 'tfdt') {
      const at = box.bodyStart;
      decodeTicks = moof[at] === 1 ? Number(moof.readBigInt64BE(at + 4)) : moof.readUInt32BE(at + 4);
    }
    if (box.type === 'trun') {
      decodeTicks = readTrun(moof, box.bodyStart, { own, mdatBody, mdatBodyOffset, decodeTicks, samples });
    }
  }
  return samples;
}

function readTfhd(moof: Buffer, bodyStart: number, defaults: TrackDefaults): TrackDefaults {
  const flags = moof.readUIntBE(bodyStart + 1, 3);
  let at = bodyStart + 8;
  if (flags & 0x1) at += 8;
  if (flags & 0x2) at += 4;
  const own = { ...defaults };
  if (flags & 0x8) {
    own.durationTicks = moof.readUInt32BE(at);
    at += 4;
  }
  if (flags & 0x10) {
    own.sizeBytes = moof.readUInt32BE(at);
    at += 4;
  }
  if (flags & 0x20) own.flags = moof.readUInt32BE(at);
  return own;
}

interface TrunReading {
  own: TrackDefaults;
  mdatBody: Buffer;
  mdatBodyOffset: number;
  decodeTicks: number;
  samples: Sample[];
}

/** Reads one `trun` (section 8.8.8) into `reading.samples`; returns the decode time after its last sample. */
function readTrun(moof: Buffer, bodyStart: number, reading: TrunReading): number {
  const flags = moof.readUIntBE(bodyStart + 1, 3);
  const count = moof.readUInt32BE(bodyStart + 4);
  let at = bodyStart + 8;
  let dataAt = 0;
  if (flags & 0x1) {
    dataAt = moof.readInt32BE(at) - reading.mdatBodyOffset;
    at += 4;
  }
  let firstFlags: number | null = null;
  if (flags & 0x4) {
    firstFlags = moof.readUInt32BE(at);
    at += 4;
  }
  let { decodeTicks } = reading;
  const next = () => {
    at += 4;
    return at - 4;
  };
  for (let i = 0; i < count; i++) {
    const durationTicks = flags & 0x100 ? moof.readUInt32BE(next()) : reading.own.durationTicks;
    const sizeBytes = flags & 0x200 ? moof.readUInt32BE(next()) : reading.own.sizeBytes;
    const ownFlags = flags & 0x400 ? moof.readUInt32BE(next()) : reading.own.flags;
    const offsetTicks = flags & 0x800 ? moof.readInt32BE(next()) : 0;
    const sampleFlags = i === 0 && firstFlags !== null ? firstFlags : ownFlags;
    const data = reading.mdatBody.subarray(dataAt, dataAt + sizeBytes);
    if (data.length !== sizeBytes) throw new Error('a fragment names more bytes than it carries');
    reading.samples.push({
      ptsTicks: decodeTicks + offsetTicks,
      durationTicks,
      key: (sampleFlags & 0x10000) === 0,
      data,
    });
    dataAt += sizeBytes;
    decodeTicks += durationTicks;
  }
  return decodeTicks;
}

/** Where a fragment's times lie on its track's clock: see `lead-in.ts`. */
export interface FragmentTiming {
  /** Added to decode and presentation times. */
  shiftTicks?: number;
  /** Added to presentation times alone. */
  delayTicks?: number;
  /** Where a fragment without samples starts. */
  emptyAtTicks?: number;
  /** Until when the last sample shown lasts; as long as it says itself where this is absent, or earlier than its start. */
  untilTicks?: number;
}

/** A sample without its bytes. */
export type SampleShape = Omit<Sample, 'data'> & { sizeBytes: number };

/**
 * Writes one CMAF fragment (`moof` + `mdat`) of samples in decode order.
 *
 * Decode times are the sorted presentation times: so the fragment's first decode time *is* its first presentation time,
 * whatever the reordering, and fragments of different makers join. `delayTicks` keeps composition offsets from being negative;
 * an edit list in the header takes it off again. Samples before time zero, which are nothing but an encoder's priming,
 * are left out. With no samples at all (a hole in the track) the fragment is empty.
 */
export function writeFragment(all: readonly Sample[], sequence: number, timing: FragmentTiming = {}): Buffer {
  const samples = shownSamples(all, timing);
  const sizeBytes = samples.reduce((sum, sample) => sum + sample.data.length, 0);
  const head = fragmentHead(samples.map(shapeOf), sequence, timing);
  return Buffer.concat([head, ...samples.map((sample) => sample.data)], head.length + sizeBytes);
}

export function shapeOf({ data, ...sample }: Sample): SampleShape {
  return { ...sample, sizeBytes: data.length };
}

/** Those of a fragment's samples that are put into it. */
export function shownSamples<T extends Pick<Sample, 'ptsTicks'>>(
  all: readonly T[],
  { shiftTicks = 0, delayTicks = 0 }: FragmentTiming,
): T[] {
  return all.filter((sample) => sample.ptsTicks + shiftTicks + delayTicks >= 0);
}

/** How long `fragmentHead` is for so many samples: 96 bytes of boxes, and 16 for each sample. */
export function fragmentHeadBytes(sampleCount: number): number {
  return 96 + 16 * sampleCount;
}

/** All of a fragment before its first sample: `moof`, and the header of `mdat`. */
export function fragmentHead(
  samples: readonly SampleShape[],
  sequence: number,
  { shiftTicks = 0, delayTicks = 0, emptyAtTicks = 0, untilTicks }: FragmentTiming = {},
): Buffer {
  const decode = decodeTimes(samples, delayTicks);
  const ownEndTicks = samples.reduce((end, { ptsTicks, durationTicks }) => Math.max(end, ptsTicks + durationTicks), 0);
  const lastTicks = samples.reduce((last, { ptsTicks }) => Math.max(last, ptsTicks), 0);
  const endTicks = untilTicks !== undefined && untilTicks > lastTicks ? untilTicks : ownEndTicks;
  const table = Buffer.alloc(samples.length * 16);
  samples.forEach((sample, i) => {
    table.writeUInt32BE(Math.max(0, (decode[i + 1] ?? endTicks) - decode[i]!), i * 16);
    table.writeUInt32BE(sample.sizeBytes, i * 16 + 4);
    table.writeUInt32BE(sample.key ? SYNC : NON_SYNC, i * 16 + 8);
    table.writeInt32BE(sample.ptsTicks + delayTicks - decode[i]!, i * 16 + 12);
  });

  const mfhd = Buffer.alloc(4);
  mfhd.writeUInt32BE(sequence);
  const tfhd = Buffer.alloc(4);
  tfhd.writeUInt32BE(1);
  const tfdt = Buffer.alloc(8);
  tfdt.writeBigUInt64BE(BigInt(Math.max(0, (decode[0] ?? emptyAtTicks) + shiftTicks)));
  const trunHead = Buffer.alloc(8);
  trunHead.writeUInt32BE(samples.length);
  trunHead.writeInt32BE(fragmentHeadBytes(samples.length), 4);
  const mdat = Buffer.alloc(8);
  mdat.writeUInt32BE(samples.reduce((sum, sample) => sum + sample.sizeBytes, 8));
  mdat.write('mdat', 4, 'latin1');
  const moof = makeBox(
    'moof',
    makeFullBox('mfhd', 0, 0, mfhd),
    makeBox(
      'traf',
      makeFullBox('tfhd', 0, 0x020000, tfhd), // default-base-is-moof
      makeFullBox('tfdt', 1, 0, tfdt),
      makeFullBox('trun', 1, 0x000f01, trunHead, table),
    ),
  );
  return Buffer.concat([moof, mdat]);
}

/**
 * The presentation times, sorted; brought forward where a picture would be decoded after it is shown, which is where
 * reordering takes longer than `delayTicks`. Never falling, and rising wherever there is room.
 */
function decodeTimes(samples: readonly Pick<Sample, 'ptsTicks'>[], delayTicks: number): number[] {
  const times = samples.map((sample) => sample.ptsTicks).sort((a, b) => a - b);
  const first = times[0] ?? 0;
  let latest = Number.POSITIVE_INFINITY;
  for (let i = samples.length - 1; i > 0; i--) {
    latest = Math.min(latest, samples[i]!.ptsTicks + delayTicks);
    const time = Math.min(times[i]!, latest, (times[i + 1] ?? Number.POSITIVE_INFINITY) - 1);
    times[i] = Math.max(first, time);
  }
  return times;
}
