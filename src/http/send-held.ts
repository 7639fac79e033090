import type { Context } from 'hono';
import { holdCounted } from '../core/counted-bytes.ts';
import { type BytesOptions, sendBytes } from './bytes.ts';
import type { HeldBytes } from './held-bytes.ts';
import { nodeOf, stopWhenStuck, whenOver } from './node-answer.ts';

/** Sends what is in memory, and counts it until it has been taken. */
export function sendHeld(c: Context, held: HeldBytes, bytes: Uint8Array, options: BytesOptions): Response {
  const node = nodeOf(c);
  if (node) {
    whenOver(node, held.hold(bytes));
    stopWhenStuck(node);
  } else {
    // Nobody says when it has been taken.
    holdCounted(bytes);
  }
  return sendBytes(c, bytes, options);
}
