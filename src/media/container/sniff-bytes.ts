/** Reading bytes that may end too early: what is not there reads as nothing. */

/** Bytes as characters of the same number (Latin-1). */
export function ascii(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(Math.min(at, bytes.length), Math.min(at + length, bytes.length)));
}

export function startsWith(bytes: Uint8Array, signature: string): boolean {
  return bytes.length >= signature.length && ascii(bytes, 0, signature.length) === signature;
}

/** Where a Latin-1 string first occurs, or -1. */
export function findAscii(bytes: Uint8Array, needle: string): number {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf(needle, 0, 'latin1');
}

export function u16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

export function u32(bytes: Uint8Array, at: number): number {
  return u16(bytes, at) * 65_536 + u16(bytes, at + 2);
}

/** Whether it begins like text: no zero byte and hardly a control character among the first. */
export function looksLikeText(bytes: Uint8Array): boolean {
  const first = bytes.subarray(0, 512);
  const odd = first.filter((byte) => byte < 9 || (byte > 13 && byte < 32 && byte !== 27)).length;
  return first.length > 0 && odd === 0;
}
