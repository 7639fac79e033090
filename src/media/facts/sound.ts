import { createBits } from './bits.ts';
import { type SoundFacts, unsure } from './facts.ts';

/** ISO/IEC 14496-3 table 1.18, and channels by channel configuration (table 1.19). */
const AAC_RATES = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000, 7350];
const AAC_CHANNELS = [0, 1, 2, 3, 4, 5, 6, 8];
const LC = 2;
const SBR = 5;
const SYNC_EXTENSION = 0x2b7;
/** Half the rate or less may turn out to be HE-AAC, which says so in its frames alone. */
const HIGHEST_HALF_RATE = 24_000;

/** AudioSpecificConfig (ISO/IEC 14496-3 section 1.6.2.1). */
export function readAacFacts(config: Uint8Array): SoundFacts {
  const bits = createBits(config);
  const type = bits.read(5);
  const rateOf = (index: number) => (index === 15 ? bits.read(24) : (AAC_RATES[index] ?? unsure('an odd sample rate')));
  const sampleRate = rateOf(bits.read(4));
  const channels = AAC_CHANNELS[bits.read(4)] || unsure('channels of an odd layout');
  if (type !== LC) unsure(`AAC object type ${type}`);
  // Frames of 960, which depend on another coder, or are extended.
  if (bits.read(3) !== 0) unsure('an odd kind of AAC');
  const says = bits.left() >= 16 && bits.read(11) === SYNC_EXTENSION;
  const isLow = says ? bits.read(5) !== SBR || bits.flag() : sampleRate <= HIGHEST_HALF_RATE;
  if (isLow) unsure('may be HE-AAC');
  return { codec_name: 'aac', profile: 'LC', channels, sample_rate: sampleRate };
}

const AC3_RATES = [48_000, 44_100, 32_000];
const AC3_CHANNELS = [2, 1, 2, 3, 3, 4, 4, 5];
const AC3_KBPS = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640];

/** A whole frame of AC-3 (ETSI TS 102 366 section 4.4). */
export function readAc3Facts(frame: Uint8Array): SoundFacts {
  const bits = createBits(frame);
  if (bits.read(16) !== 0x0b77) unsure('no frame of AC-3');
  bits.skip(16);
  const rate = AC3_RATES[bits.read(2)] ?? unsure('an odd sample rate');
  const kbps = AC3_KBPS[bits.read(6) >> 1] ?? unsure('an odd bit rate');
  if (bits.read(5) > 8) unsure('a reduced sample rate');
  bits.skip(3);
  const mode = bits.read(3);
  if (mode === 0) unsure('two programmes in one');
  if (mode & 1 && mode !== 1) bits.skip(2);
  if (mode & 4) bits.skip(2);
  if (mode === 2) bits.skip(2);
  const channels = AC3_CHANNELS[mode]! + bits.read(1);
  return { codec_name: 'ac3', channels, sample_rate: rate, bit_rate: String(kbps * 1000) };
}

/** A whole frame of Enhanced AC-3 (annex E). `packetBytes`: it must be all there is, or there are more channels elsewhere. */
export function readEac3Facts(frame: Uint8Array, packetBytes: number): SoundFacts {
  const bits = createBits(frame);
  if (bits.read(16) !== 0x0b77) unsure('no frame of E-AC-3');
  if (bits.read(5) !== 0) unsure('several streams in one');
  const frameBytes = 2 * (bits.read(11) + 1);
  const rate = AC3_RATES[bits.read(2)] ?? unsure('an odd sample rate');
  if (bits.read(2) !== 3) unsure('short frames');
  const mode = bits.read(3);
  const channels = AC3_CHANNELS[mode]! + bits.read(1);
  if (bits.read(5) !== 16 || mode === 0 || frameBytes !== packetBytes) unsure('E-AC-3 of another kind');
  const bitRate = Math.floor((8 * frameBytes * rate) / (6 * 256));
  return { codec_name: 'eac3', channels, sample_rate: rate, bit_rate: String(bitRate) };
}

/** AC3SpecificBox and EC3SpecificBox (ETSI TS 102 366 annex F). */
export function readDac3(body: Uint8Array, sampleRate: number): SoundFacts {
  const bits = createBits(body);
  const rate = AC3_RATES[bits.read(2)];
  bits.skip(8);
  const mode = bits.read(3);
  const channels = AC3_CHANNELS[mode]! + bits.read(1);
  if (rate !== sampleRate || mode === 0) unsure('AC-3 of another kind');
  return { codec_name: 'ac3', channels, sample_rate: sampleRate };
}

export function readDec3(body: Uint8Array, sampleRate: number): SoundFacts {
  const bits = createBits(body);
  bits.skip(13);
  if (bits.read(3) !== 0) unsure('several streams in one');
  const rate = AC3_RATES[bits.read(2)];
  if (bits.read(5) !== 16) unsure('E-AC-3 of another kind');
  bits.skip(5);
  const mode = bits.read(3);
  const channels = AC3_CHANNELS[mode]! + bits.read(1);
  bits.skip(3);
  if (bits.read(4) !== 0 || rate !== sampleRate || mode === 0) unsure('E-AC-3 of another kind');
  return { codec_name: 'eac3', channels, sample_rate: sampleRate };
}

/** OpusHead without its magic, or `dOps`: the channels are the second byte of both (RFC 7845 section 5.1). */
export function readOpusFacts(channels: number | undefined): SoundFacts {
  if (!channels || channels > 8) unsure('an odd Opus header');
  return { codec_name: 'opus', channels: channels!, sample_rate: 48_000 };
}

/** STREAMINFO (RFC 9639 section 8.2), from its minimum block size on. */
export function readFlacFacts(info: Uint8Array): SoundFacts {
  const bits = createBits(info);
  bits.skip(80);
  const sampleRate = bits.read(20);
  return { codec_name: 'flac', channels: bits.read(3) + 1, sample_rate: sampleRate || unsure('an odd sample rate') };
}
