import { findBox, listBoxes } from '../../src/media/container/boxes.ts';

/** What an init segment says of its codec, as the codecs string (RFC 6381) it ought to have been announced by. */

interface Entry {
  type: string;
  /** The body of the box that configures the decoder. */
  config: Buffer;
}

/** The one sample entry of an init segment. */
function readSampleEntry(init: Buffer): Entry {
  const stsd = findBox(init, 'moov/trak/mdia/minf/stbl/stsd')!;
  const entry = listBoxes(init, stsd.bodyStart + 8, stsd.end)[0]!;
  const fixed = stsd && findBox(init, 'moov/trak/mdia/minf/vmhd') ? 78 : 28;
  const config = listBoxes(init, entry.bodyStart + fixed, entry.end).find(({ type }) => CONFIGS.has(type))!;
  return { type: entry.type, config: init.subarray(config.bodyStart, config.end) };
}

const CONFIGS = new Set(['avcC', 'hvcC', 'av1C', 'vpcC', 'dOps', 'esds']);

/** Profile, level and tier of pictures, without the optional fields of colours. */
export function codecStringOf(init: Buffer): string {
  const { type, config } = readSampleEntry(init);
  const hex = (from: number, to: number) => config.subarray(from, to).toString('hex');
  const two = (value: number) => String(value).padStart(2, '0');
  if (type === 'avc1') return `avc1.${hex(1, 4)}`;
  if (type === 'hvc1') return `hvc1.${hevcFields(config)}`;
  if (type === 'av01') {
    const tier = config[2]! & 0x80 ? 'H' : 'M';
    return `av01.${config[1]! >> 5}.${two(config[1]! & 0x1f)}${tier}.${config[2]! & 0x40 ? '10' : '08'}`;
  }
  // After version and flags: profile, level, bit depth.
  if (type === 'vp09') return `vp09.${two(config[4]!)}.${two(config[5]!)}.${two(config[6]! >> 4)}`;
  return type;
}

/** ISO/IEC 14496-15 annex E.3: profile, compatibility bits in reverse, tier and level, constraint bytes but trailing zeros. */
function hevcFields(hvcC: Buffer): string {
  const reversed = [...hvcC.readUInt32BE(2).toString(2).padStart(32, '0')].reverse().join('');
  const constraints = [...hvcC.subarray(6, 12)];
  while (constraints.at(-1) === 0) constraints.pop();
  const tier = hvcC[1]! & 0x20 ? 'H' : 'L';
  return [
    String(hvcC[1]! & 0x1f),
    Number.parseInt(reversed, 2).toString(16).toUpperCase(),
    `${tier}${hvcC[12]!}`,
    ...constraints.map((byte) => byte.toString(16).toUpperCase()),
  ].join('.');
}

/** ITU-T H.273 numbers of primaries, transfer and matrix that `vpcC` has. */
export function vp9Colours(init: Buffer): number[] {
  return [...readSampleEntry(init).config.subarray(7, 10)];
}
