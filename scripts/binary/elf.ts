/** What a program for Linux needs of the machine it runs on (System V ABI, chapters 4 and 5). */

/** Those every Linux with glibc has; libgcc_s comes with it everywhere. */
const EVERYWHERE = /^(?:lib(?:c|m|dl|rt|pthread|mvec|gcc_s|util|resolv)\.so|ld-linux)/;

const DYNAMIC = 2;
const LOAD = 1;
const NEEDED = 1n;
const STRING_TABLE = 5n;

interface Segment {
  type: number;
  offset: number;
  address: number;
  sizeBytes: number;
}

/** The shared libraries a 64-bit ELF file asks for by name; none where it is linked statically, null where it is no such file. */
export function neededLibraries(file: Buffer): string[] | null {
  const isElf64 = file.length > 64 && file.readUInt32BE(0) === 0x7f454c46 && file[4] === 2 && file[5] === 1;
  if (!isElf64) return null;
  const segments = readSegments(file);
  const dynamic = segments.find(({ type }) => type === DYNAMIC);
  if (!dynamic) return [];
  const names: number[] = [];
  let stringsAt = 0;
  for (let at = dynamic.offset; at < dynamic.offset + dynamic.sizeBytes; at += 16) {
    const tag = file.readBigInt64LE(at);
    const value = Number(file.readBigUInt64LE(at + 8));
    if (tag === 0n) break;
    if (tag === NEEDED) names.push(value);
    if (tag === STRING_TABLE) stringsAt = fileOffset(segments, value);
  }
  return names.map((name) => file.toString('latin1', stringsAt + name, file.indexOf(0, stringsAt + name)));
}

/** Those of them that other machines may lack. */
export function foreignLibraries(file: Buffer): string[] {
  return (neededLibraries(file) ?? []).filter((name) => !EVERYWHERE.test(name));
}

function readSegments(file: Buffer): Segment[] {
  const [table, size, count] = [Number(file.readBigUInt64LE(32)), file.readUInt16LE(54), file.readUInt16LE(56)];
  return Array.from({ length: count }, (_, n) => {
    const at = table + n * size;
    return {
      type: file.readUInt32LE(at),
      offset: Number(file.readBigUInt64LE(at + 8)),
      address: Number(file.readBigUInt64LE(at + 16)),
      sizeBytes: Number(file.readBigUInt64LE(at + 32)),
    };
  });
}

function fileOffset(segments: Segment[], address: number): number {
  const inside = segments.find(
    (segment) => segment.type === LOAD && address >= segment.address && address < segment.address + segment.sizeBytes,
  );
  return inside ? inside.offset + address - inside.address : 0;
}
