import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { ListMultipartUploadsCommandOutput } from '@aws-sdk/client-s3';
import type { TimeMs } from '../../../core/time.ts';
import type { Bytes } from '../port.ts';
import type { Connection } from './connection.ts';
import { asProblem, isMissing } from './failures.ts';
import { TIME_NAME } from './objects.ts';

/** What is written to the bucket. All appears whole or not at all: one request, or the parts of a multipart upload. */

/** The smallest there may be is 5 MiB, except the last (S3's multipart limits); most are 10,000. */
const PART_BYTES = 8 * 1024 * 1024;
const MOST_PARTS = 9000;
const PARTS_AT_ONCE = 4;
/** DeleteObjects takes no more at once. */
const MOST_DELETED = 1000;
const SINGLE_DELETES = 16;

export interface Writing {
  put(key: string, body: Bytes, modifiedAtMs?: TimeMs): Promise<{ sizeBytes: number }>;
  /** Sends a file, with the time it has. It stays where it is. */
  sendFile(key: string, path: string, options: { signal: AbortSignal }): Promise<void>;
  /** Gives an object another time: it is copied onto itself, without its bytes travelling. */
  touch(key: string, modifiedAtMs: TimeMs): Promise<void>;
  delete(keys: readonly string[]): Promise<void>;
  /** Ends multipart uploads begun longer ago, whose parts take room that no listing shows. */
  endUploads(olderThanMs: number): Promise<number>;
}

export function createWriting(connection: Connection): Writing {
  const { sdk, client, bucket, nameOf, settings } = connection;
  // Some servers do not know DeleteObjects, or want a checksum with it that others refuse.
  let deletesMany = true;

  async function sendStream(
    key: string,
    body: Readable,
    options: { sizeBytes?: number; timeMs?: TimeMs; signal?: AbortSignal },
  ) {
    const { Upload } = await import('@aws-sdk/lib-storage');
    const { sizeBytes = 0, timeMs, signal } = options;
    const upload = new Upload({
      client,
      params: {
        Bucket: bucket,
        Key: nameOf(key),
        Body: body,
        ...timeOf(timeMs),
      },
      partSize: Math.max(PART_BYTES, Math.ceil(sizeBytes / MOST_PARTS)),
      queueSize: PARTS_AT_ONCE,
      leavePartsOnError: false,
    });
    const stop = () => {
      void upload.abort();
      body.destroy();
    };
    signal?.throwIfAborted();
    signal?.addEventListener('abort', stop, { once: true });
    try {
      await upload.done();
    } catch (error) {
      throw signal?.aborted ? signal.reason : error;
    } finally {
      signal?.removeEventListener('abort', stop);
      body.destroy();
    }
  }

  async function deleteEach(keys: readonly string[]): Promise<void> {
    const left = keys.values();
    const lane = async () => {
      for (const key of left) await client.send(new sdk.DeleteObjectCommand({ Bucket: bucket, Key: nameOf(key) }));
    };
    await Promise.all(Array.from({ length: SINGLE_DELETES }, lane));
  }

  async function deleteMany(keys: readonly string[]): Promise<void> {
    const Objects = keys.map((key) => ({ Key: nameOf(key) }));
    const answer = await client.send(
      new sdk.DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }),
    );
    const failed = answer.Errors?.filter(({ Code }) => Code !== 'NoSuchKey') ?? [];
    const prefixLength = nameOf('').length;
    if (failed.length > 0) await deleteEach(failed.map(({ Key }) => Key!.slice(prefixLength)));
  }

  const translated = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw asProblem(error, settings);
    }
  };

  return {
    async put(key, body, modifiedAtMs) {
      if (body instanceof Uint8Array) {
        const Key = nameOf(key);
        await translated(
          client.send(
            new sdk.PutObjectCommand({
              Bucket: bucket,
              Key,
              Body: body,
              ContentLength: body.length,
              ...timeOf(modifiedAtMs),
            }),
          ),
        );
        return { sizeBytes: body.length };
      }
      let sizeBytes = 0;
      const counted = async function* () {
        for await (const chunk of body) {
          sizeBytes += chunk.length;
          yield chunk;
        }
      };
      const timed = modifiedAtMs === undefined ? {} : { timeMs: modifiedAtMs };
      await translated(sendStream(key, Readable.from(counted(), { objectMode: false }), timed));
      return { sizeBytes };
    },
    async sendFile(key, path, { signal }) {
      const { size, mtimeMs } = await stat(path);
      const body = createReadStream(path, { highWaterMark: 1024 * 1024 });
      await translated(sendStream(key, body, { sizeBytes: size, timeMs: Math.floor(mtimeMs), signal }));
    },
    async touch(key, modifiedAtMs) {
      const copy = new sdk.CopyObjectCommand({
        Bucket: bucket,
        Key: nameOf(key),
        CopySource: `${bucket}/${nameOf(key)}`,
        MetadataDirective: 'REPLACE',
        Metadata: { [TIME_NAME]: String(modifiedAtMs) },
      });
      await client.send(copy).catch((error: unknown) => {
        if (!isMissing(error)) throw asProblem(error, settings);
      });
    },
    async delete(keys) {
      for (let at = 0; at < keys.length; at += MOST_DELETED) {
        const some = keys.slice(at, at + MOST_DELETED);
        if (deletesMany && some.length > 1) {
          try {
            await deleteMany(some);
            continue;
          } catch (error) {
            const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode ?? 0;
            if (status < 400 || status >= 502 || status === 500 || status === 403) throw asProblem(error, settings);
            deletesMany = false;
          }
        }
        await translated(deleteEach(some));
      }
    },
    async endUploads(olderThanMs) {
      let ended = 0;
      let from: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } | null = {};
      while (from) {
        const page: ListMultipartUploadsCommandOutput = await translated(
          client.send(new sdk.ListMultipartUploadsCommand({ Bucket: bucket, Prefix: nameOf(''), ...from })),
        );
        for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
          if (!Key || !UploadId || Date.now() - (Initiated?.getTime() ?? 0) < olderThanMs) continue;
          await translated(client.send(new sdk.AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId })));
          ended += 1;
        }
        const { NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = page;
        from = page.IsTruncated && KeyMarker ? { KeyMarker, UploadIdMarker } : null;
      }
      return ended;
    },
  };
}

const timeOf = (timeMs: TimeMs | undefined) =>
  timeMs === undefined ? {} : { Metadata: { [TIME_NAME]: String(timeMs) } };
