import { TICKS_PER_SEC, UnusualStream } from './ts-packets.ts';

/** Frames of sound within PES packets, of which each holds whole ones. */

export type TsSoundCodec = 'aac' | 'mp3' | 'ac3' | 'eac3';

/** A frame as it lies in the bytes, and how long it lasts. */
export interface SoundFrame {
  start: number;
  end: number;
  samples: number;
}

interface FrameHeader {
  bytes: number;
  samples: number;
  sampleRate: number;
}

/** Cuts bytes into frames. Throws `UnusualStream` where they are not frames one behind the other. */
export function soundFrames(bytes: Buffer, codec: TsSoundCodec, from: number, to: number): SoundFrame[] {
  const frames: SoundFrame[] = [];
  for (let start = from; start < to; ) {
    const header = to - start >= LEAST_FRAME_BYTES ? headerOf(bytes, codec, start) : null;
    if (!header || header.bytes < LEAST_FRAME_BYTES || start + header.bytes > to) {
      throw new UnusualStream('frames of sound that lie across packets');
    }
    frames.push({ start, end: start + header.bytes, samples: header.samples });
    start += header.bytes;
  }
  return frames;
}

/** Samples a second, as the frame at a place says. Throws `UnusualStream` where there is none. */
export function sampleRateAt(bytes: Buffer, codec: TsSoundCodec, at: number): number {
  const header = bytes.length - at >= LEAST_FRAME_BYTES ? headerOf(bytes, codec, at) : null;
  if (!header) throw new UnusualStream('no frame of sound');
  return header.sampleRate;
}

/** How much later the next frame in the same PES packet is heard, as mediabunny rounds it. */
export function frameTicks(samples: number, sampleRate: number): number {
  return Math.round((samples * TICKS_PER_SEC) / sampleRate);
}

const LEAST_FRAME_BYTES = 9;

function headerOf(bytes: Buffer, codec: TsSoundCodec, at: number): FrameHeader | null {
  if (codec === 'aac') return adtsHeader(bytes, at);
  if (codec === 'mp3') return mpegHeader(bytes, at);
  if (bytes.readUInt16BE(at) !== 0x0b77) return null;
  return codec === 'ac3' ? ac3Header(bytes[at + 4]!) : eac3Header(bytes.readUInt32BE(at + 2));
}

const AAC_RATES = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000, 7350];

/** ISO/IEC 14496-3 annex 1.A.2.2. */
function adtsHeader(bytes: Buffer, at: number): FrameHeader | null {
  if ((bytes.readUInt16BE(at) & 0xfff6) !== 0xfff0) return null;
  const sampleRate = AAC_RATES[(bytes[at + 2]! >> 2) & 15];
  const channels = ((bytes[at + 2]! & 1) << 2) | (bytes[at + 3]! >> 6);
  const isOneBlock = (bytes[at + 6]! & 3) === 0;
  if (!sampleRate || channels === 0 || !isOneBlock) return null;
  const length = ((bytes[at + 3]! & 3) << 11) | (bytes[at + 4]! << 3) | (bytes[at + 5]! >> 5);
  return { bytes: length, samples: 1024, sampleRate };
}

const MPEG_RATES = [44_100, 48_000, 32_000];
/** Layer III of MPEG-1, and of what came after it. */
const MP3_KBPS = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const MP3_LOW_KBPS = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];

/** ISO/IEC 11172-3 section 2.4.1.3, of layer III alone. */
function mpegHeader(bytes: Buffer, at: number): FrameHeader | null {
  const second = bytes[at + 1]!;
  const third = bytes[at + 2]!;
  if (bytes[at] !== 0xff || (second & 0xe6) !== 0xe2) return null;
  const version = (second >> 3) & 3;
  const rate = MPEG_RATES[(third >> 2) & 3];
  const kbps = (version === 3 ? MP3_KBPS : MP3_LOW_KBPS)[(third >> 4) - 1];
  if (version === 1 || !rate || !kbps) return null;
  const sampleRate = rate / (version === 3 ? 1 : version === 2 ? 2 : 4);
  const length = Math.floor(((version === 3 ? 144_000 : 72_000) * kbps) / sampleRate) + ((third >> 1) & 1);
  return { bytes: length, samples: version === 3 ? 1152 : 576, sampleRate };
}

const AC3_RATES = [48_000, 44_100, 32_000];
const AC3_KBPS = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640];

/** ETSI TS 102 366 section 4.4.1, and table 4.13. */
function ac3Header(fifth: number): FrameHeader | null {
  const sampleRate = AC3_RATES[fifth >> 6];
  const kbps = AC3_KBPS[(fifth & 0x3f) >> 1];
  if (!sampleRate || !kbps) return null;
  const words = Math.floor((kbps * 96_000) / sampleRate) + (sampleRate === 44_100 ? fifth & 1 : 0);
  return { bytes: words * 2, samples: 1536, sampleRate };
}

const EAC3_BLOCKS = [1, 2, 3, 6];

/** ETSI TS 102 366 section E.1.3.1, from the third byte on. */
function eac3Header(word: number): FrameHeader | null {
  const code = (word >>> 14) & 3;
  const next = (word >>> 12) & 3;
  const sampleRate = code === 3 ? (AC3_RATES[next] ?? 0) / 2 : AC3_RATES[code]!;
  if (!sampleRate) return null;
  const blocks = code === 3 ? 6 : EAC3_BLOCKS[next]!;
  return { bytes: (((word >>> 16) & 0x7ff) + 1) * 2, samples: blocks * 256, sampleRate };
}
