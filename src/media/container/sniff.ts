import type { Container } from '../types.ts';
import { ascii, findAscii, looksLikeText, startsWith, u16, u32 } from './sniff-bytes.ts';
import { refuse } from './sniff-refuse.ts';

export type Sniff = { ok: true; container: Container } | { ok: false; reason: string };

const CONTAINERS: Record<Container['name'], Container> = {
  mp4: { name: 'mp4', demuxer: 'mov', mime: 'video/mp4', extension: 'mp4' },
  matroska: { name: 'matroska', demuxer: 'matroska', mime: 'video/matroska', extension: 'mkv' },
  webm: { name: 'webm', demuxer: 'matroska', mime: 'video/webm', extension: 'webm' },
  mpegts: { name: 'mpegts', demuxer: 'mpegts', mime: 'video/mp2t', extension: 'ts' },
  mpegps: { name: 'mpegps', demuxer: 'mpeg', mime: 'video/mpeg', extension: 'mpg' },
  avi: { name: 'avi', demuxer: 'avi', mime: 'video/vnd.avi', extension: 'avi' },
  flv: { name: 'flv', demuxer: 'flv', mime: 'video/x-flv', extension: 'flv' },
  asf: { name: 'asf', demuxer: 'asf', mime: 'video/x-ms-asf', extension: 'wmv' },
  ogg: { name: 'ogg', demuxer: 'ogg', mime: 'video/ogg', extension: 'ogv' },
  mp3: { name: 'mp3', demuxer: 'mp3', mime: 'audio/mpeg', extension: 'mp3' },
  flac: { name: 'flac', demuxer: 'flac', mime: 'audio/flac', extension: 'flac' },
  wav: { name: 'wav', demuxer: 'wav', mime: 'audio/wav', extension: 'wav' },
  adts: { name: 'adts', demuxer: 'aac', mime: 'audio/aac', extension: 'aac' },
};

/**
 * Tells a container by its first bytes (up to 64 KiB), never by its name, so that ffmpeg can be told which demuxer to use and
 * is never left to guess: a text file full of playlist lines must not become a list of files for it to open.
 * `reason` is a sentence for whoever sent the file.
 */
export function sniffContainer(head: Uint8Array): Sniff {
  const reason = refuse(head);
  if (reason !== null) return { ok: false, reason };
  const name = (Object.keys(CHECKS) as Container['name'][]).find((candidate) => CHECKS[candidate](head));
  if (name) return { ok: true, container: CONTAINERS[name] };
  const kind = looksLikeText(head) ? 'This is a text file' : 'This file is of a kind that is not known here';
  return {
    ok: false,
    reason: `${kind}. Send a video (MP4, MKV, WebM, MOV, TS, AVI) or a sound file (MP3, FLAC, WAV, AAC).`,
  };
}

/** In the order in which they are tried: signatures that cannot be mistaken first, bare sync words last. */
const CHECKS: Record<Container['name'], (head: Uint8Array) => boolean> = {
  webm: (head) => docType(head) === 'webm',
  matroska: (head) => docType(head) === 'matroska',
  avi: (head) => startsWith(head, 'RIFF') && ascii(head, 8, 4) === 'AVI ',
  wav: (head) => ['RIFF', 'RF64', 'BW64'].includes(ascii(head, 0, 4)) && ascii(head, 8, 4) === 'WAVE',
  flv: (head) => startsWith(head, 'FLV\x01') && head.length >= 9 && (head[4]! & 0xfa) === 0 && u32(head, 5) === 9,
  asf: (head) => startsWith(head, '\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c'),
  ogg: (head) => startsWith(head, 'OggS\0'),
  flac: (head) => startsWith(head, 'fLaC') || (startsWith(head, 'ID3') && ascii(head, id3End(head), 4) === 'fLaC'),
  mp4: isIsoMedia,
  mpegts: isTransportStream,
  mpegps: (head) => startsWith(head, '\0\0\x01\xba') && ((head[4]! & 0xc4) === 0x44 || (head[4]! & 0xf1) === 0x21),
  adts: (head) => isRunOfFrames(head, id3End(head), adtsFrameLength, 3),
  // An ID3 tag larger than the head hides the frames: the tag itself is what an MP3 begins with.
  mp3: (head) =>
    isRunOfFrames(head, id3End(head), mpegAudioFrameLength, 2) ||
    (startsWith(head, 'ID3') && id3End(head) >= head.length),
};

/** EBML (RFC 8794): the header's DocType element (0x4282), looked for within the header. */
function docType(head: Uint8Array): string | null {
  if (!startsWith(head, '\x1a\x45\xdf\xa3')) return null;
  const at = findAscii(head.subarray(0, 4096), 'B\x82');
  if (at === -1) return null;
  const length = head[at + 2]! & 0x7f;
  return ascii(head, at + 3, length).replace(/\0+$/, '');
}

/** ISO/IEC 14496-12 section 4.2: a file is boxes. The first few must be known ones with sizes that can be. */
function isIsoMedia(head: Uint8Array): boolean {
  const first = new Set(['ftyp', 'styp', 'moov', 'mdat', 'free', 'skip', 'wide', 'pnot']);
  let at = 0;
  let known = 0;
  while (at + 8 <= head.length && known < 3) {
    const size = u32(head, at);
    const type = ascii(head, at + 4, 4);
    if (!first.has(type)) return known > 0 && /^[a-zA-Z0-9 ]{4}$/.test(type) && size >= 8;
    if (type === 'ftyp' || type === 'moov') return size >= 8;
    if (size === 1 && at + 16 <= head.length) at += u32(head, at + 8) * 2 ** 32 + u32(head, at + 12);
    else if (size >= 8) at += size;
    else return size === 0 && type === 'mdat';
    known++;
  }
  return known > 0;
}

/**
 * ISO/IEC 13818-1: packets of 188 bytes that begin with 0x47; in M2TS each has four bytes of time before it, in DVB sixteen
 * of parity behind it. A recording may begin within a packet: then more of them must agree.
 */
function isTransportStream(head: Uint8Array): boolean {
  return [188, 192, 204].some((packet) => {
    const expected = packet === 192 ? 4 : 0;
    if (isSyncedAt(head, expected, packet, 3)) return true;
    for (let at = 0; at < packet; at++) if (isSyncedAt(head, at, packet, 8)) return true;
    return false;
  });
}

function isSyncedAt(head: Uint8Array, at: number, packet: number, wanted: number): boolean {
  for (let n = 0; n < wanted; n++) if (head[at + n * packet] !== 0x47) return false;
  return true;
}

/** Where the audio begins behind an ID3v2 tag (its size is four times seven bits); 0 without one. */
function id3End(head: Uint8Array): number {
  if (!startsWith(head, 'ID3') || head.length < 10) return 0;
  const size = head.subarray(6, 10).reduce((sum, byte) => (sum << 7) | (byte & 0x7f), 0);
  return 10 + size + ((head[5]! & 0x10) === 0 ? 0 : 10);
}

/** Whether frames follow each other from near `from` on; some encoders leave a little padding before the first. */
function isRunOfFrames(
  head: Uint8Array,
  from: number,
  lengthAt: (head: Uint8Array, at: number) => number,
  wanted: number,
): boolean {
  for (let start = from; start < Math.min(from + 2048, head.length - 4); start++) {
    if (head[start] !== 0xff) {
      // Only zeros are padding: anything else here is no audio.
      if (head[start] === 0) continue;
      return false;
    }
    let at = start;
    let found = 0;
    while (found < wanted) {
      const length = lengthAt(head, at);
      if (length === 0) break;
      found++;
      at += length;
      // A short file that ends right behind a whole frame is as good.
      if (at >= head.length && found >= 1) return found >= wanted || at === head.length;
    }
    return found >= wanted;
  }
  return false;
}

const MP3_KBPS: Record<string, readonly number[]> = {
  '1-1': [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  '1-2': [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  '1-3': [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  '2-1': [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  '2-2': [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
};

/** Length of an MPEG audio frame (ISO/IEC 11172-3 section 2.4.1.3), 0 where there is none. */
function mpegAudioFrameLength(head: Uint8Array, at: number): number {
  if (at + 4 > head.length || head[at] !== 0xff || (head[at + 1]! & 0xe0) !== 0xe0) return 0;
  const version = (head[at + 1]! >> 3) & 3;
  const layer = 4 - ((head[at + 1]! >> 1) & 3);
  const rateIndex = head[at + 2]! >> 4;
  const sampleIndex = (head[at + 2]! >> 2) & 3;
  if (version === 1 || layer === 4 || rateIndex === 0 || rateIndex === 15 || sampleIndex === 3) return 0;
  const table = MP3_KBPS[version === 3 ? `1-${layer}` : `2-${layer === 1 ? 1 : 2}`]!;
  const sampleRate = [44_100, 48_000, 32_000][sampleIndex]! / { 0: 4, 2: 2, 3: 1 }[version]!;
  const padding = (head[at + 2]! >> 1) & 1;
  const kbps = table[rateIndex - 1]!;
  if (layer === 1) return (Math.floor((12_000 * kbps) / sampleRate) + padding) * 4;
  return Math.floor(((layer === 3 && version !== 3 ? 72_000 : 144_000) * kbps) / sampleRate) + padding;
}

/** Length of an ADTS frame (ISO/IEC 14496-3 annex 1.A), 0 where there is none. */
function adtsFrameLength(head: Uint8Array, at: number): number {
  if (at + 7 > head.length || (u16(head, at) & 0xfff6) !== 0xfff0 || ((head[at + 2]! >> 2) & 15) > 12) return 0;
  const length = ((head[at + 3]! & 3) << 11) | (head[at + 4]! << 3) | (head[at + 5]! >> 5);
  return length > 7 ? length : 0;
}
