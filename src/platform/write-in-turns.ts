import { setImmediate as breathe } from 'node:timers/promises';
import type { Db, Tx } from './db.ts';

/** As long as others wait for one turn; what is announced after its commit comes on top. */
const TURN_MS = 8;

/**
 * Does something to each of many rows, in as many short transactions as it takes, with a breath between them: nobody's request waits
 * for thousands. What is not to be cut in two is one step. A step that throws undoes those of its turn, and ends it all.
 */
export async function writeInTurns<T>(
  db: Db,
  items: readonly T[],
  step: (tx: Tx, item: T) => void,
  signal?: AbortSignal,
): Promise<void> {
  for (let at = 0; at < items.length; ) {
    signal?.throwIfAborted();
    at = db.write((tx) => {
      const until = performance.now() + TURN_MS;
      let next = at;
      do step(tx, items[next++]!);
      while (next < items.length && performance.now() < until);
      return next;
    });
    await breathe();
  }
}
