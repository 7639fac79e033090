import type { Context } from 'hono';
import { defineProblem, type Problem } from '../core/problem.ts';
import { drainRequest } from './drain.ts';

const bodyIncomplete = defineProblem('body-incomplete', 400);
const bodyTooSlow = defineProblem('body-too-slow', 408);

/** Whoever sends not a byte for so long has gone, or means to hold a connection. */
const SILENT_MS = 30_000;

export interface BodyLimits {
  mostBytes: number;
  tooLarge: () => Problem;
  silentMs?: number;
}

/**
 * The whole body, never more of it in memory than is allowed: what is too large is read on for a while and thrown away, so that its
 * sender hears why. Throws `tooLarge`, 400 `body-incomplete` and 408 `body-too-slow`.
 */
export async function readBody(c: Context, { mostBytes, tooLarge, silentMs }: BodyLimits): Promise<Buffer> {
  const refuse = async () => {
    await drainRequest(c);
    return tooLarge();
  };
  if (Number(c.req.header('content-length') ?? 0) > mostBytes) throw await refuse();
  const parts: Uint8Array[] = [];
  let sizeBytes = 0;
  const reader = c.req.raw.body?.getReader();
  if (!reader) return Buffer.alloc(0);
  for (;;) {
    const part = await nextPart(reader, silentMs);
    if (part === null) return Buffer.concat(parts);
    sizeBytes += part.length;
    if (sizeBytes > mostBytes) {
      reader.releaseLock();
      throw await refuse();
    }
    parts.push(part);
  }
}

async function nextPart(reader: ReadableStreamDefaultReader<Uint8Array>, silentMs = SILENT_MS) {
  let timer: NodeJS.Timeout | undefined;
  const silent = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(bodyTooSlow('The body of this request stopped coming. Send it again.')), silentMs);
  });
  const read = reader.read().catch((cause: unknown) => {
    throw bodyIncomplete('The connection ended before all of the request had come. Send it again.', { cause });
  });
  try {
    const { done, value } = await Promise.race([read, silent]);
    return done ? null : value;
  } finally {
    clearTimeout(timer);
  }
}
