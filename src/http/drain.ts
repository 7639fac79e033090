import type { IncomingMessage } from 'node:http';
import type { Context } from 'hono';

/** More than this is not worth reading only to throw it away: the connection is closed instead. */
const MOST_BYTES = 256 * 1024 * 1024;
const LONGEST_MS = 30_000;

/**
 * Reads what is left of a request's body and throws it away. A client that is still sending does not listen: answered too
 * early, it finds a broken connection and not the problem.
 */
export async function drainRequest(c: Context): Promise<void> {
  const incoming = (c.env as { incoming?: IncomingMessage } | undefined)?.incoming;
  if (!incoming || incoming.complete || incoming.destroyed) return;
  if (Number(c.req.header('content-length') ?? Number.POSITIVE_INFINITY) > MOST_BYTES) return;
  // Whoever read it so far has given up; nothing of the rest shall pile up there.
  incoming.removeAllListeners('data');
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, LONGEST_MS);
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    for (const end of ['end', 'close', 'error']) incoming.once(end, done);
    incoming.resume();
  });
}
