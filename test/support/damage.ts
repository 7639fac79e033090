/** Damages files at places that look random and are the same every time. */

/** A generator of numbers from 0 to 1 (mulberry32): the same seed gives the same numbers. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The first bytes of a file, cut at a random place. */
export function truncated(bytes: Buffer, random: () => number): Buffer {
  return bytes.subarray(0, Math.floor(random() * bytes.length));
}

/** A copy with so many bytes turned into others: half of them in the first part, where containers keep their tables. */
export function flipped(bytes: Buffer, places: number, random: () => number): Buffer {
  const copy = Buffer.from(bytes);
  for (let n = 0; n < places; n++) {
    const within = n % 2 === 0 ? Math.min(4096, copy.length) : copy.length;
    const at = Math.floor(random() * within);
    copy[at] = copy[at]! ^ (1 + Math.floor(random() * 255));
  }
  return copy;
}
