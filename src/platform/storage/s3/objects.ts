import { setTimeout as sleep } from 'node:timers/promises';
import type { TimeMs } from '../../../core/time.ts';
import { type ByteRange, fileMissing } from '../port.ts';
import type { Connection } from './connection.ts';
import { asProblem, isBehindEnd, isMissing, isReplaced } from './failures.ts';

/** What is read of the bucket: whole objects, and parts of them. */

/** Where an object keeps the time that a file had before it was sent here: a bucket's own times cannot be set. */
export const TIME_NAME = 'kinora-modified-ms';

export interface Found {
  sizeBytes: number;
  modifiedAtMs: TimeMs;
  etag: string | undefined;
}

/** A body on its way. */
export interface Body {
  /** Of the range. */
  sizeBytes: number;
  chunks: AsyncGenerator<Uint8Array, void, undefined>;
  /** Ends it, also before its first byte has been asked for. */
  cancel(): void;
}

/** How often a body that breaks off is gone on with, when nothing comes in between. */
const MOST_RESUMES = 5;
const RESUME_MS = 200;

interface NodeBody extends AsyncIterable<Uint8Array> {
  destroy(): void;
}

export interface Objects {
  /** Null where there is nothing. */
  find(key: string): Promise<Found | null>;
  /**
   * The object or a part of it. A connection that breaks is gone on with where it broke. Throws `file-missing`, also where the
   * object has no longer this `etag`.
   */
  open(key: string, range?: ByteRange, etag?: string): Promise<Body>;
}

export function createObjects(connection: Connection): Objects {
  const { sdk, client, bucket, nameOf, settings } = connection;
  const missing = (key: string, cause: unknown) => fileMissing(`There is no file "${key}" in the storage.`, { cause });

  async function fetch(key: string, { firstByte, lastByte }: Partial<ByteRange>, etag: string | undefined) {
    const wanted = firstByte === undefined ? {} : { Range: `bytes=${firstByte}-${lastByte ?? ''}` };
    const same = etag === undefined ? {} : { IfMatch: etag };
    const answer = await client.send(
      new sdk.GetObjectCommand({ Bucket: bucket, Key: nameOf(key), ...wanted, ...same }),
    );
    return { etag: answer.ETag, sizeBytes: answer.ContentLength ?? 0, body: answer.Body as unknown as NodeBody };
  }

  return {
    async find(key) {
      try {
        const found = await client.send(new sdk.HeadObjectCommand({ Bucket: bucket, Key: nameOf(key) }));
        const written = Number(found.Metadata?.[TIME_NAME] ?? Number.NaN);
        return {
          sizeBytes: found.ContentLength ?? 0,
          modifiedAtMs: Number.isFinite(written) ? written : (found.LastModified?.getTime() ?? 0),
          etag: found.ETag,
        };
      } catch (error) {
        if (isMissing(error)) return null;
        throw asProblem(error, settings);
      }
    },
    async open(key, range, etag) {
      let answer: Awaited<ReturnType<typeof fetch>>;
      try {
        answer = await fetch(key, range ?? {}, etag);
      } catch (error) {
        if (isBehindEnd(error)) return NO_BYTES;
        if (isMissing(error) || isReplaced(error)) throw missing(key, error);
        throw asProblem(error, settings);
      }
      const { sizeBytes } = answer;
      let { body } = answer;
      let at = range?.firstByte ?? 0;
      const end = at + sizeBytes;
      let isOver = false;

      async function* chunks(): AsyncGenerator<Uint8Array, void, undefined> {
        for (let resumes = 0; at < end; ) {
          try {
            for await (const chunk of body) {
              at += chunk.length;
              resumes = 0;
              yield chunk;
            }
            if (at < end) throw Object.assign(new Error('the connection ended early'), { code: 'ECONNRESET' });
          } catch (error) {
            if (isOver || resumes === MOST_RESUMES) throw asProblem(error, settings);
            await sleep(RESUME_MS * 2 ** resumes++);
            try {
              body = (await fetch(key, { firstByte: at, lastByte: end - 1 }, answer.etag)).body;
            } catch (again) {
              // Another object has taken its place: the rest of this one is nowhere.
              if (isMissing(again) || isReplaced(again)) throw missing(key, again);
              if (resumes === MOST_RESUMES) throw asProblem(again, settings);
            }
          }
        }
      }
      return {
        sizeBytes,
        chunks: chunks(),
        cancel() {
          isOver = true;
          body.destroy();
        },
      };
    },
  };
}

const NO_BYTES: Body = {
  sizeBytes: 0,
  chunks: (async function* () {})(),
  cancel() {},
};

/** The whole of a body. */
export async function wholeOf({ sizeBytes, chunks }: Body): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(sizeBytes);
  let at = 0;
  for await (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** A body as a web stream, whose reader may give it up. */
export function streamOf({ chunks, cancel }: Body): ReadableStream<Uint8Array> {
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await chunks.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        cancel();
        await chunks.return().catch(() => {});
      },
    },
    { highWaterMark: 0 },
  );
}
