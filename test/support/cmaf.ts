import { type Box, findBox, listBoxes } from '../../src/media/container/boxes.ts';
import { readFragment, readTimescale } from '../../src/media/container/fragment.ts';

/** What a header and fragments say of themselves, read apart from what made them. */

export interface Header {
  timescale: number;
  /** `avc1`, `hvc1`, `mp4a` ... */
  sampleEntry: string;
  /** The RFC 6381 string that the header itself gives, as far as it can be told from it; null for codecs not spelt out here. */
  codecString: string | null;
  channels: number | null;
  width: number | null;
  height: number | null;
  /** Where presentation begins on the track's clock, in its ticks. */
  editTicks: number;
}

export function readHeader(init: Buffer): Header {
  const stsd = findBox(init, 'moov/trak/mdia/minf/stbl/stsd')!;
  const entry = listBoxes(init, stsd.bodyStart + 8, stsd.end)[0]!;
  const handler = findBox(init, 'moov/trak/mdia/hdlr')!;
  const isVideo = init.toString('latin1', handler.bodyStart + 8, handler.bodyStart + 12) === 'vide';
  const elst = findBox(init, 'moov/trak/edts/elst');
  return {
    timescale: readTimescale(init),
    sampleEntry: entry.type,
    codecString: codecStringOf(init, entry),
    channels: isVideo ? null : init.readUInt16BE(entry.bodyStart + 16),
    width: isVideo ? init.readUInt16BE(entry.bodyStart + 24) : null,
    height: isVideo ? init.readUInt16BE(entry.bodyStart + 26) : null,
    editTicks: elst ? Number(init.readBigInt64BE(elst.bodyStart + 16)) : 0,
  };
}

function codecStringOf(init: Buffer, entry: Box): string | null {
  const videoBox = (type: string) => listBoxes(init, entry.bodyStart + 78, entry.end).find((box) => box.type === type);
  const hex = (byte: number) => byte.toString(16).padStart(2, '0');
  switch (entry.type) {
    case 'avc1': {
      const at = videoBox('avcC')!.bodyStart;
      return `avc1.${hex(init[at + 1]!)}${hex(init[at + 2]!)}${hex(init[at + 3]!)}`;
    }
    case 'hvc1': {
      // ISO/IEC 14496-15 annex E.3: profile, compatibility flags in reverse, tier and level.
      const at = videoBox('hvcC')!.bodyStart;
      const [profile, level] = [init[at + 1]! & 31, init[at + 12]!];
      let flags = init.readUInt32BE(at + 2);
      let reversed = 0;
      for (let n = 0; n < 32; n++, flags >>>= 1) reversed = ((reversed << 1) | (flags & 1)) >>> 0;
      return `hvc1.${profile}.${reversed.toString(16)}.${init[at + 1]! & 32 ? 'H' : 'L'}${level}`;
    }
    case 'mp4a':
      return null;
    default:
      return { 'ac-3': 'ac-3', 'ec-3': 'ec-3', fLaC: 'fLaC', Opus: 'Opus' }[entry.type] ?? null;
  }
}

export interface Fragment {
  /** Decode time of the first sample, and of the one that would follow the last, in ticks. */
  startTicks: number;
  endTicks: number;
  sizeBytes: number;
  samples: { ptsTicks: number; durationTicks: number; key: boolean; sizeBytes: number }[];
  leastOffsetTicks: number;
}

export function readSegment(bytes: Buffer): Fragment {
  const [moof, mdat] = listBoxes(bytes);
  const tfdt = findBox(bytes, 'moof/traf/tfdt')!;
  const startTicks = Number(bytes.readBigUInt64BE(tfdt.bodyStart + 4));
  const body = bytes.subarray(mdat!.bodyStart, mdat!.end);
  const samples = readFragment(bytes.subarray(0, moof!.end), body, mdat!.bodyStart, NONE);
  let endTicks = startTicks;
  let leastOffsetTicks = 0;
  for (const { ptsTicks, durationTicks } of samples) {
    leastOffsetTicks = Math.min(leastOffsetTicks, ptsTicks - endTicks);
    endTicks += durationTicks;
  }
  const sized = samples.map(({ data, ...sample }) => ({ ...sample, sizeBytes: data.length }));
  return { startTicks, endTicks, sizeBytes: bytes.length, samples: sized, leastOffsetTicks };
}

const NONE = { durationTicks: 0, sizeBytes: 0, flags: 0 };
