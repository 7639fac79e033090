/**
 * Large bytes whose memory is given back as soon as the last who holds them lets go. Left to the garbage collector, segments
 * of megabytes make it go through all other memory every few of them, which costs more than to cut them.
 */

const holders = new WeakMap<ArrayBufferLike, number>();

/** Bytes that are counted, with nothing in them yet. Those that nobody ever holds are left to the garbage collector. */
export function allocateCounted(sizeBytes: number): Buffer<ArrayBuffer> {
  const bytes = Buffer.allocUnsafeSlow(sizeBytes);
  holders.set(bytes.buffer, 0);
  return bytes;
}

/**
 * Holds bytes until the function it returns is called; any part of them holds the whole. When nobody does, and nobody has begun
 * to by the next turn of the event loop, they are gone: whoever looks at them then finds them empty. Bytes that are not
 * counted are left alone.
 */
export function holdCounted({ buffer }: Uint8Array): () => void {
  const count = holders.get(buffer);
  if (count === undefined) return () => {};
  holders.set(buffer, count + 1);
  let isHeld = true;
  return () => {
    if (!isHeld) return;
    isHeld = false;
    holders.set(buffer, holders.get(buffer)! - 1);
    // What was just found in a cache is held by who found it only when that promise has been kept.
    setImmediate(() => {
      if (holders.get(buffer) === 0) discard(buffer);
    });
  };
}

/** Gives back at once what nobody has seen but who calls. */
export function discardCounted({ buffer }: Uint8Array): void {
  if (holders.get(buffer) === 0) discard(buffer);
}

function discard(buffer: ArrayBufferLike): void {
  holders.delete(buffer);
  // What is transferred to nothing is freed there and then.
  (buffer as ArrayBuffer).transfer(0);
}
