import type { IncomingMessage } from 'node:http';
import type { Context } from 'hono';

/** More than this is not worth reading only to throw it away: the connection is closed instead. */
const MOST_BYTES = 256 * 1024 * 1024;
const LONGEST_MS = 30_000;

/**
 * Reads what is left of a request's body and throws it away. A client that is still sending does not listen: answered too
 * early, it finds a broken connection and not the problem. Where it is too much, the answer says that the connection ends.
 */
export async function drainRequest(c: Context): Promise<void> {
  const incoming = (c.env as { incoming?: IncomingMessage } | undefined)?.incoming;
  // Not `complete`: all may have come, and the end of it still wait to be read.
  if (!incoming || incoming.readableEnded || incoming.destroyed) return;
  const isWorthwhile = Number(c.req.header('content-length') ?? 0) <= MOST_BYTES;
  if (!isWorthwhile || !(await readAway(incoming))) c.header('Connection', 'close');
}

/** False where there was too much of it, or it took too long. */
function readAway(incoming: IncomingMessage): Promise<boolean> {
  // Whoever read it so far has given up; nothing of the rest shall pile up there.
  incoming.removeAllListeners('data');
  return new Promise((resolve) => {
    let left = MOST_BYTES;
    const stop = (isOver: boolean) => {
      clearTimeout(timer);
      incoming.off('data', count);
      resolve(isOver);
    };
    const count = (chunk: Buffer) => {
      left -= chunk.length;
      if (left < 0) stop(false);
    };
    const timer = setTimeout(() => stop(false), LONGEST_MS);
    for (const end of ['end', 'close', 'error']) incoming.once(end, () => stop(true));
    incoming.on('data', count);
    incoming.resume();
  });
}
