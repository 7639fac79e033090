import { type Box, findBox, listBoxes } from '../container/boxes.ts';
import { readAv1Facts } from './av1.ts';
import { type Colours, type PictureFacts, type ReadAt, type SoundFacts, unsure } from './facts.ts';
import { checkFirstFrame } from './first-frame.ts';
import { readAvcFacts } from './h264.ts';
import { readHevcFacts } from './hevc.ts';
import type { Samples } from './mp4-samples.ts';
import { readAacFacts, readDac3, readDec3, readFlacFacts, readOpusFacts } from './sound.ts';
import { readVp9Facts } from './vpx.ts';

/** Sample entries (ISO/IEC 14496-12 section 12.1.3 and 12.2.3): what a track's samples are. */

export interface PictureEntry {
  facts: PictureFacts;
  width: number;
  height: number;
  /** Of `pasp`; null without one. */
  aspect: { over: number; under: number } | null;
  colours: Colours | null;
  dolbyVision: number | null;
}

/** The one sample entry of a track. */
export function entryOf(moov: Buffer, track: Box): Box {
  const stsd = findBox(moov, 'mdia/minf/stbl/stsd', track) ?? unsure('a track without a description');
  const entries = listBoxes(moov, stsd.bodyStart + 8, stsd.end);
  if (entries.length !== 1 || moov.readUInt32BE(stsd.bodyStart + 4) !== 1) unsure('a track that changes');
  return entries[0]!;
}

/** What may be in a visual sample entry without changing what ffmpeg makes of it. */
const KNOWN = new Set('avcC hvcC av1C vpcC pasp colr btrt fiel dvcC dvvC free gama'.split(' '));
/** Enough for what encoders put before the first slice. */
const FRAME_BYTES = 4096;
const HDR = new Set('mdcv clli SmDm CoLL'.split(' '));

export async function readPictureEntry(
  moov: Buffer,
  entry: Box,
  samples: Samples,
  readAt: ReadAt,
): Promise<PictureEntry> {
  const at = entry.bodyStart;
  if (at + 78 > entry.end) unsure('a sample entry that ends too early');
  const boxes = listBoxes(moov, at + 78, entry.end);
  const odd = boxes.find(({ type }) => !KNOWN.has(type) && !HDR.has(type));
  if (odd) unsure(`a "${odd.type}" box`);
  const body = (type: string) => {
    const found = boxes.filter((box) => box.type === type);
    if (found.length > 1) unsure(`several "${type}" boxes`);
    return found[0] ? moov.subarray(found[0].bodyStart, found[0].end) : null;
  };
  const fiel = body('fiel');
  if (fiel && fiel[0] !== 1) unsure('interlaced');
  const pasp = body('pasp');
  const dolby = body('dvcC') ?? body('dvvC');
  return {
    facts: await readFacts(entry.type, body, samples, readAt),
    width: moov.readUInt16BE(at + 24),
    height: moov.readUInt16BE(at + 26),
    aspect: pasp && pasp.readUInt32BE(4) > 0 ? { over: pasp.readUInt32BE(0), under: pasp.readUInt32BE(4) } : null,
    colours: readColr(body('colr')) ?? readVpcc(body('vpcC')),
    dolbyVision: dolby ? dolby[2]! >> 1 : null,
  };
}

async function readFacts(
  type: string,
  body: (type: string) => Buffer | null,
  { first, reorder, hasOffsets }: Samples,
  readAt: ReadAt,
): Promise<PictureFacts> {
  const record = (name: string) => body(name) ?? unsure(`no "${name}" box`);
  const size = first[0]!.bytes;
  const frame = { bytes: await readAt(first[0]!.at, Math.min(FRAME_BYTES, size)), size };
  if (type === 'avc1' || type === 'avc3') {
    const { saysReorder, ...facts } = readAvcFacts(record('avcC'));
    checkFirstFrame('h264', record('avcC'), frame);
    // A stream that does not say may turn out to be reordered where its container does not know either.
    const isInOrder = facts.profile.endsWith('Baseline');
    if (!saysReorder && !hasOffsets && !isInOrder) unsure('reordering that nobody tells');
    return { ...facts, has_b_frames: Math.max(facts.has_b_frames, reorder) };
  }
  if (type === 'hvc1' || type === 'hev1') {
    checkFirstFrame('hevc', record('hvcC'), frame);
    return readHevcFacts(record('hvcC'));
  }
  if (type === 'av01') return readAv1Facts(record('av1C'));
  if (type === 'vp09') return readVp9Facts(frame.bytes);
  return unsure(`pictures of type "${type}"`);
}

/** `colr` (section 12.1.5), as ISO and QuickTime write it. */
function readColr(body: Buffer | null): Colours | null {
  if (!body) return null;
  const type = body.toString('latin1', 0, 4);
  if (type === 'prof' || type === 'rICC') return null;
  if (type !== 'nclx' && type !== 'nclc') return unsure('odd colours');
  return {
    primaries: body.readUInt16BE(4),
    transfer: body.readUInt16BE(6),
    matrix: body.readUInt16BE(8),
    isFullRange: type === 'nclx' && (body[10]! & 0x80) !== 0,
  };
}

/** VPCodecConfigurationRecord (VP Codec ISO Media File Format Binding). */
function readVpcc(body: Buffer | null): Colours | null {
  if (!body) return null;
  const isFullRange = (body[6]! & 1) !== 0;
  return { primaries: body[7]!, transfer: body[8]!, matrix: body[9]!, isFullRange };
}

export function readSoundEntry(moov: Buffer, entry: Box): SoundFacts {
  const at = entry.bodyStart;
  if (at + 28 > entry.end) unsure('a sample entry that ends too early');
  const version = moov.readUInt16BE(at + 8);
  if (version > 1) unsure('a sound description of QuickTime');
  const sampleRate = moov.readUInt16BE(at + 24);
  const children = listBoxes(moov, at + (version === 1 ? 44 : 28), entry.end);
  const wave = children.find(({ type }) => type === 'wave');
  const boxes = [...children, ...(wave ? listBoxes(moov, wave.bodyStart, wave.end) : [])];
  const body = (type: string) => {
    const found = boxes.filter((box) => box.type === type);
    if (found.length !== 1) unsure(`${found.length} "${type}" boxes`);
    return moov.subarray(found[0]!.bodyStart, found[0]!.end);
  };
  const checked = (facts: SoundFacts) =>
    facts.sample_rate === sampleRate ? facts : unsure('a sample rate that is told in two ways');
  if (entry.type === 'mp4a') return checked(readAacFacts(decoderInfoOf(body('esds'))));
  if (entry.type === 'ac-3') return readDac3(body('dac3'), sampleRate);
  if (entry.type === 'ec-3') return readDec3(body('dec3'), sampleRate);
  if (entry.type === 'Opus') return readOpusFacts(body('dOps')[1]);
  if (entry.type === 'fLaC') return checked(readFlacFacts(body('dfLa').subarray(8)));
  return unsure(`sound of type "${entry.type}"`);
}

/** The AudioSpecificConfig in an `esds` box (ISO/IEC 14496-1 section 7.2.6). */
function decoderInfoOf(esds: Buffer): Buffer {
  let at = 4;
  const enter = (wanted: number): number => {
    if (esds[at++] !== wanted) unsure('an odd esds');
    let length = 0;
    for (let n = 0; n < 4; n++) {
      const byte = esds[at++] ?? unsure('an esds that ends too early');
      length = length * 128 + (byte & 0x7f);
      if (!(byte & 0x80)) break;
    }
    return length;
  };
  enter(3);
  const flags = esds[at + 2] ?? unsure('an esds that ends too early');
  if (flags & 0xe0) unsure('an odd esds');
  at += 3;
  enter(4);
  // MPEG-4 audio; others are MPEG-2 AAC, MP3, and what nobody uses.
  if (esds[at] !== 0x40) unsure(`sound of object type ${esds[at]}`);
  at += 13;
  const length = enter(5);
  return at + length <= esds.length ? esds.subarray(at, at + length) : unsure('an esds that ends too early');
}
