/** Reading ISO base media file format boxes (ISO/IEC 14496-12 section 4.2): sizes, types, nesting. No meaning. */

export interface Box {
  type: string;
  /** Offset of the box's first byte, where its content starts, and where the next box starts. */
  start: number;
  bodyStart: number;
  end: number;
}

/** Lists the boxes of a byte range. Stops at the first one that is cut off or makes no sense. */
export function listBoxes(bytes: Buffer, start = 0, end = bytes.length): Box[] {
  const boxes: Box[] = [];
  let at = start;
  while (at + 8 <= end) {
    const header = readBoxHeader(bytes, at, end);
    if (!header || header.end > end) break;
    boxes.push(header);
    at = header.end;
  }
  return boxes;
}

/** Reads one box header at `at`. Null while too few bytes are there or where the size is impossible. */
export function readBoxHeader(bytes: Buffer, at: number, end = bytes.length): Box | null {
  if (at + 8 > end) return null;
  const type = bytes.toString('latin1', at + 4, at + 8);
  let size = bytes.readUInt32BE(at);
  let bodyStart = at + 8;
  if (size === 1) {
    if (at + 16 > end) return null;
    size = Number(bytes.readBigUInt64BE(at + 8));
    bodyStart = at + 16;
  }
  if (size < bodyStart - at) return null;
  return { type, start: at, bodyStart, end: at + size };
}

/** Follows a path of box types downwards, such as `moov/trak/mdia/mdhd`. Null where a step is missing. */
export function findBox(bytes: Buffer, path: string, within?: Box): Box | null {
  let found: Box | null = within ?? null;
  for (const type of path.split('/')) {
    const boxes = found ? listBoxes(bytes, found.bodyStart, found.end) : listBoxes(bytes);
    found = boxes.find((box) => box.type === type) ?? null;
    if (!found) return null;
  }
  return found;
}

/** Makes a box of its parts. */
export function makeBox(type: string, ...parts: Uint8Array[]): Buffer {
  const header = Buffer.alloc(8);
  const size = parts.reduce((sum, part) => sum + part.length, 8);
  header.writeUInt32BE(size, 0);
  header.write(type, 4, 'latin1');
  return Buffer.concat([header, ...parts], size);
}

/** Makes a full box: a box with version and flags (14496-12 section 4.2). */
export function makeFullBox(type: string, version: number, flags: number, ...parts: Uint8Array[]): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(((version << 24) | flags) >>> 0, 0);
  return makeBox(type, head, ...parts);
}
