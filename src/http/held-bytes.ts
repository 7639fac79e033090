import { holdCounted } from '../core/counted-bytes.ts';
import { defineProblem } from '../core/problem.ts';
import { readMachine } from '../platform/machine.ts';

const serverBusy = defineProblem('server-busy', 503);

/**
 * Counts the bodies in memory that answers under way still need, each once however many send it, so that many who read slowly
 * cannot make it grow without end: what is to be made for the next waits until some have been taken.
 */
export interface HeldBytes {
  /**
   * Resolves when there is room to make something, with a function that gives the room back: to be called once it is held, or
   * will not be. Throws `server-busy` when there is none for long, and what `signal` is aborted with.
   */
  room(signal: AbortSignal): Promise<() => void>;
  /** Counts a body until the function it returns is called. */
  hold(bytes: Uint8Array): () => void;
  bytes(): number;
}

/** What something that is still being made may become: a segment of 4 s at 8 Mbit/s. */
const GUESSED_BYTES = 4 * 1024 * 1024;
const LONGEST_WAIT_MS = 20_000;
const RETRY_SEC = 3;

/** An eighth of the memory we are granted, also in a container, and never too little for a handful of viewers. */
const defaultLimitBytes = () => Math.max(64 * 1024 * 1024, readMachine().memoryBytes / 8);

export function createHeldBytes(limitBytes = defaultLimitBytes(), longestWaitMs = LONGEST_WAIT_MS): HeldBytes {
  const holders = new Map<ArrayBufferLike, number>();
  const waiting = new Set<() => void>();
  let held = 0;
  const hasRoom = () => held + GUESSED_BYTES <= limitBytes;

  function release(bytes: number): void {
    held -= bytes;
    for (const next of waiting) {
      if (!hasRoom()) break;
      next();
    }
  }

  function reserve(): () => void {
    held += GUESSED_BYTES;
    let isHeld = true;
    return () => {
      if (isHeld) release(GUESSED_BYTES);
      isHeld = false;
    };
  }

  return {
    room(signal) {
      if (hasRoom() && waiting.size === 0) return Promise.resolve(reserve());
      return new Promise((resolve, reject) => {
        const done = () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', leave);
          waiting.delete(next);
        };
        const next = () => {
          done();
          resolve(reserve());
        };
        const leave = () => {
          done();
          reject(signal.reason);
        };
        const timer = setTimeout(() => {
          done();
          reject(
            serverBusy('The server is sending as much as it can. Try again in a moment.', {
              headers: { 'Retry-After': String(RETRY_SEC) },
            }),
          );
        }, longestWaitMs);
        waiting.add(next);
        if (signal.aborted) leave();
        else signal.addEventListener('abort', leave, { once: true });
      });
    },
    hold(bytes) {
      const { buffer } = bytes;
      const letGo = holdCounted(bytes);
      const count = holders.get(buffer) ?? 0;
      holders.set(buffer, count + 1);
      if (count === 0) held += buffer.byteLength;
      return () => {
        const left = holders.get(buffer)! - 1;
        if (left > 0) holders.set(buffer, left);
        else if (holders.delete(buffer)) release(buffer.byteLength);
        letGo();
      };
    },
    bytes: () => held,
  };
}
