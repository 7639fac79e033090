/** Reading EBML elements (RFC 8794): ids, sizes, nesting, values. No meaning; Matroska's ids are in `matroska-ids.ts`. */

export interface EbmlElement {
  /** With its length marker, as ids are written in RFC 9559. */
  id: number;
  /** Offset of the element's first byte, where its body starts, and where it ends; null where its size is unknown. */
  start: number;
  bodyStart: number;
  end: number | null;
}

/** An element that says how long it is. */
export type SizedElement = EbmlElement & { end: number };

/** No id and size are longer together (RFC 8794 sections 5 and 6: four bytes and eight). */
export const MOST_HEADER_BYTES = 12;

/**
 * Reads one element header at `at`. Null while too few bytes are there, or where they make no sense. The body may lie beyond the
 * bytes.
 */
export function readElement(bytes: Uint8Array, at: number, end = bytes.length): EbmlElement | null {
  const idLength = vintLength(bytes, at, end);
  if (idLength === 0 || idLength > 4) return null;
  let id = 0;
  for (let n = 0; n < idLength; n++) id = id * 256 + bytes[at + n]!;
  const sizeAt = at + idLength;
  const sizeLength = vintLength(bytes, sizeAt, end);
  if (sizeLength === 0) return null;
  const bodyStart = sizeAt + sizeLength;
  const size = vintValue(bytes, sizeAt, sizeLength);
  // All ones: the element lasts until one comes that cannot be inside it (section 6.2).
  if (size === 2 ** (7 * sizeLength) - 1) return { id, start: at, bodyStart, end: null };
  return size > Number.MAX_SAFE_INTEGER ? null : { id, start: at, bodyStart, end: bodyStart + size };
}

/** Lists the elements of a byte range. Stops at the first one that is cut off, makes no sense or is of unknown size. */
export function listElements(bytes: Uint8Array, start = 0, end = bytes.length): SizedElement[] {
  const elements: SizedElement[] = [];
  for (let at = start; at < end; ) {
    const element = readElement(bytes, at, end);
    if (!isSized(element) || element.end > end) break;
    elements.push(element);
    at = element.end;
  }
  return elements;
}

/** The elements inside another one. */
export function childrenOf(bytes: Uint8Array, parent: SizedElement): SizedElement[] {
  return listElements(bytes, parent.bodyStart, parent.end);
}

export function isSized(element: EbmlElement | null): element is SizedElement {
  return element !== null && element.end !== null;
}

export interface Vint {
  value: number;
  /** How many bytes it takes. */
  length: number;
}

/** An integer of variable length without its marker (section 4). Null while too few bytes are there, or for more than 53 bits. */
export function readVint(bytes: Uint8Array, at: number, end = bytes.length): Vint | null {
  const length = vintLength(bytes, at, end);
  const value = length === 0 ? Number.NaN : vintValue(bytes, at, length);
  return value <= Number.MAX_SAFE_INTEGER ? { value, length } : null;
}

/** 0 where it does not fit, or where there is no marker in the first byte. */
function vintLength(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return 0;
  const length = Math.clz32(bytes[at]!) - 23;
  return length <= 8 && at + length <= end ? length : 0;
}

function vintValue(bytes: Uint8Array, at: number, length: number): number {
  let value = bytes[at]! & (0xff >> length);
  for (let n = 1; n < length; n++) value = value * 256 + bytes[at + n]!;
  return value;
}

/** An unsigned integer (section 7.2); none at all is zero. Beyond 53 bits it is not exact. */
export function readUint(bytes: Uint8Array, { bodyStart, end }: SizedElement): number {
  let value = 0;
  for (let at = bodyStart; at < end; at++) value = value * 256 + bytes[at]!;
  return value;
}

/** A float of four or eight bytes (section 7.3); none at all is zero. Null for other lengths. */
export function readFloat(bytes: Uint8Array, { bodyStart, end }: SizedElement): number | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset + bodyStart, end - bodyStart);
  if (view.byteLength === 0) return 0;
  if (view.byteLength === 4) return view.getFloat32(0);
  return view.byteLength === 8 ? view.getFloat64(0) : null;
}

/** A string (sections 7.4 and 7.5), up to its first zero byte. */
export function readText(bytes: Uint8Array, { bodyStart, end }: SizedElement): string {
  const text = bytes.subarray(bodyStart, end);
  const zero = text.indexOf(0);
  return Buffer.from(zero === -1 ? text : text.subarray(0, zero)).toString('utf8');
}
