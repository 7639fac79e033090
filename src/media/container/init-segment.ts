import { type Box, findBox, listBoxes, makeBox, makeFullBox } from './boxes.ts';

/**
 * Init segments (ISO/IEC 14496-12 section 8.8, CMAF header): those of the packager and of ffmpeg are brought to one form:
 * one track with id 1, no edit list but that of the lead-in, no durations.
 */

const CONTAINERS = new Set(['moov', 'trak', 'mdia', 'minf', 'mvex']);

/**
 * Normalises an init segment to the header our fragments need. `editTicks` (in the track's timescale) is where presentation
 * begins on the track's clock (`lead-in.ts`): written as an edit list (section 8.6.6). `level` is what manifests promise of
 * an encoded picture: VP9 has none in its stream, and ffmpeg guesses the header's.
 */
export function normaliseInit(init: Buffer, editTicks = 0, level: number | null = null): Buffer {
  const boxes = listBoxes(init);
  const moov = boxes.find((box) => box.type === 'moov');
  if (!moov) throw new Error('the init segment has no moov box');
  const ftyp = makeBox('ftyp', Buffer.from('iso6\0\0\0\0iso6cmfcmp41', 'latin1'));
  return Buffer.concat([ftyp, rebuild(init, moov.start, moov.end, { editTicks, level })]);
}

interface Wanted {
  editTicks: number;
  level: number | null;
}

function rebuild(init: Buffer, start: number, end: number, wanted: Wanted): Buffer {
  const type = init.toString('latin1', start + 4, start + 8);
  if (!CONTAINERS.has(type)) return patched(type, Buffer.from(init.subarray(start, end)), wanted);
  const parts: Buffer[] = [];
  for (const box of listBoxes(init, start + 8, end)) {
    // Old edit lists describe another timeline; user data and metadata would make equal sessions differ.
    if (box.type === 'edts' || box.type === 'udta' || box.type === 'meta') continue;
    parts.push(rebuild(init, box.start, box.end, wanted));
    if (box.type === 'tkhd' && wanted.editTicks > 0) parts.push(editList(wanted.editTicks));
  }
  return makeBox(type, ...parts);
}

/** Track id 1, unknown durations and no dates, whatever the writer said: equal encoders give equal bytes. */
function patched(type: string, box: Buffer, { level }: Wanted): Buffer {
  const wide = box[8] === 1;
  if (type === 'tkhd' || type === 'mvhd' || type === 'mdhd') zero(box, 12, wide ? 16 : 8); // creation and modification
  if (type === 'tkhd') {
    box.writeUInt32BE(1, wide ? 28 : 20);
    zero(box, wide ? 36 : 28, wide ? 8 : 4);
  }
  if (type === 'mvhd' || type === 'mdhd') zero(box, wide ? 32 : 24, wide ? 8 : 4);
  if (type === 'trex') box.writeUInt32BE(1, 12);
  if (type === 'stbl') patchSampleEntry(box, level);
  return box;
}

/** What the packager or ffmpeg leaves wrong in a sample entry. */
function patchSampleEntry(stbl: Buffer, level: number | null): void {
  const stsd = findBox(stbl, 'stbl/stsd');
  const entry = stsd ? listBoxes(stbl, stsd.bodyStart + 8, stsd.end)[0] : null;
  if (entry?.type === 'fLaC') nameFlacDepth(stbl, entry);
  if (entry?.type === 'hvc1') completeParameterSets(stbl, entry);
  if (entry?.type === 'vp09' && level !== null) {
    // Version and flags, profile, level: "VP Codec ISO Media File Format Binding" section 2.2.
    const vpcC = listBoxes(stbl, entry.bodyStart + 78, entry.end).find((box) => box.type === 'vpcC');
    if (vpcC) stbl[vpcC.bodyStart + 5] = level;
  }
}

/**
 * "Encapsulation of FLAC in ISO Base Media File Format" section 3.3.1: the sample entry has the sample size of the STREAMINFO
 * block (RFC 9639 section 8.2). The packager always says 16 bits, and browsers refuse what disagrees.
 */
function nameFlacDepth(stbl: Buffer, entry: Box): void {
  const dfLa = listBoxes(stbl, entry.bodyStart + 28, entry.end).find((box) => box.type === 'dfLa');
  const streamInfo = dfLa ? dfLa.bodyStart + 8 : null;
  if (streamInfo === null || streamInfo + 18 > stbl.length) return;
  const depth = (((stbl[streamInfo + 12]! & 1) << 4) | (stbl[streamInfo + 13]! >> 4)) + 1;
  stbl.writeUInt16BE(depth, entry.bodyStart + 18);
}

/** ISO/IEC 14496-15 section 8.4.1: in `hvc1` the arrays of parameter sets are complete; a file of `hev1` says they may not be. */
function completeParameterSets(stbl: Buffer, entry: Box): void {
  const hvcC = listBoxes(stbl, entry.bodyStart + 78, entry.end).find((box) => box.type === 'hvcC');
  if (!hvcC || hvcC.end - hvcC.bodyStart < 23) return;
  let at = hvcC.bodyStart + 23;
  for (let arrays = stbl[at - 1]!; arrays > 0 && at + 3 <= hvcC.end; arrays--) {
    stbl[at]! |= 0x80;
    const units = stbl.readUInt16BE(at + 1);
    at += 3;
    for (let n = 0; n < units && at + 2 <= hvcC.end; n++) at += 2 + stbl.readUInt16BE(at);
  }
}

function zero(box: Buffer, at: number, bytes: number): void {
  box.fill(0, at, at + bytes);
}

function editList(mediaTimeTicks: number): Buffer {
  const entry = Buffer.alloc(4 + 20);
  entry.writeUInt32BE(1, 0);
  // A segment duration of zero means "all of it" in a fragmented file (section 8.6.6.1).
  entry.writeBigUInt64BE(0n, 4);
  entry.writeBigInt64BE(BigInt(mediaTimeTicks), 12);
  entry.writeInt16BE(1, 20);
  return makeBox('edts', makeFullBox('elst', 1, 0, entry));
}
