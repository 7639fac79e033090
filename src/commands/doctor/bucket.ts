import { randomBytes } from 'node:crypto';
import { MINUTE_MS, SECOND_MS } from '../../core/time.ts';
import type { Connection } from '../../platform/storage/s3/connection.ts';
import { type Check, type Finding, note, ok, problem, warning } from './check.ts';

const HOW = 'See docs/storage.md.';
/** S3 refuses requests whose time is further off (RequestTimeTooSkewed). */
const REFUSED_MS = 15 * MINUTE_MS;
const ODD_MS = 30 * SECOND_MS;

/** Whether the bucket can be used as Kinora does, and what there is about it that an admin will want to know. */
export const bucketCheck: Check = {
  title: 'Bucket',
  async run({ config }) {
    const { driver, s3 } = config.storage;
    if (driver !== 's3') return [];
    if (s3.bucket === '') return [problem('storage.s3.bucket is not set', `Set it to the name of the bucket. ${HOW}`)];
    const { connect } = await import('../../platform/storage/s3/connection.ts');
    const connection = await connect(s3);
    try {
      return await examine(connection);
    } finally {
      connection.close();
    }
  },
};

async function examine(connection: Connection): Promise<Finding[]> {
  const { sayWhy } = await import('../../platform/storage/s3/failures.ts');
  const { settings, bucket } = connection;
  const where = settings.endpoint || `Amazon S3 (${settings.region})`;
  const begunMs = performance.now();
  try {
    const atMs = await tryAll(connection);
    const tookMs = Math.round(performance.now() - begunMs);
    return [
      ok(`"${bucket}" at ${where} can be listed, written, read and deleted from (${tookMs} ms for all)`),
      ...secrecy(settings.endpoint),
      ...clockFindings(atMs),
      ...(await versionFindings(connection)),
    ];
  } catch (error) {
    const { name } = error as Error;
    const todo = name === 'RequestTimeTooSkewed' ? 'Set both clocks by NTP.' : `Correct it, and ask again. ${HOW}`;
    return [problem(sayWhy(error, settings).sentence, todo)];
  }
}

/** Does each thing once, with an object of its own; returns the server's time, null where it does not say. */
async function tryAll({ sdk, client, bucket, nameOf }: Connection): Promise<number | null> {
  const Key = nameOf(`doctor-${randomBytes(6).toString('hex')}`);
  const place = { Bucket: bucket, Key };
  let atMs: number | null = null;
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { headers } = result.response as { headers?: Record<string, string> };
      if (headers?.['date']) atMs = Date.parse(headers['date']);
      return result;
    },
    { step: 'deserialize', name: 'timeOfServer' },
  );
  await client.send(new sdk.ListObjectsV2Command({ Bucket: bucket, Prefix: nameOf('videos/'), MaxKeys: 1 }));
  const { UploadId } = await client.send(new sdk.CreateMultipartUploadCommand(place));
  await client.send(new sdk.AbortMultipartUploadCommand({ ...place, UploadId }));
  await client.send(new sdk.PutObjectCommand({ ...place, Body: 'abc' }));
  try {
    const read = await client.send(new sdk.GetObjectCommand({ ...place, Range: 'bytes=1-1' }));
    const text = await read.Body?.transformToString();
    if (text !== 'b') throw new Error(`parts of objects are not read right ("${text}" in place of "b")`);
  } finally {
    await client.send(new sdk.DeleteObjectCommand(place));
  }
  return atMs;
}

function secrecy(endpoint: string): Finding[] {
  const url = URL.parse(endpoint);
  if (url?.protocol !== 'http:' || /^(localhost|127\.|\[::1\])/.test(url.hostname)) return [];
  return [
    note(
      'films go to the bucket without encryption',
      'Use https in storage.s3.endpoint, unless the way there is your own.',
    ),
  ];
}

function clockFindings(atMs: number | null): Finding[] {
  if (atMs === null) return [];
  const apartMs = Math.abs(atMs - Date.now());
  if (apartMs < ODD_MS) return [];
  const text = `its clock and this one are ${Math.round(apartMs / SECOND_MS)} s apart`;
  const todo = 'Set both clocks by NTP: beyond 15 minutes the bucket refuses everything.';
  return [apartMs < REFUSED_MS / 3 ? note(text, todo) : warning(text, todo)];
}

/** What keeps the room of what was deleted. A server that does not know these questions has nothing of the kind. */
async function versionFindings({ sdk, client, bucket }: Connection): Promise<Finding[]> {
  const Bucket = { Bucket: bucket };
  const orNull = <T>(asked: Promise<T>) => asked.catch(() => null);
  const [versions, lock] = await Promise.all([
    orNull(client.send(new sdk.GetBucketVersioningCommand(Bucket))),
    orNull(client.send(new sdk.GetObjectLockConfigurationCommand(Bucket))),
  ]);
  const findings: Finding[] = [];
  if (lock?.ObjectLockConfiguration?.ObjectLockEnabled === 'Enabled') {
    findings.push(
      warning(
        'objects are locked: what Kinora deletes stays, and takes room, as long as the lock lasts',
        'Use a bucket without object lock; segments are written and deleted all the time.',
      ),
    );
  }
  if (versions?.Status === 'Enabled') {
    findings.push(
      warning(
        'versions are kept: what Kinora deletes stays, and takes room, as an old version',
        'Turn versioning off, or let a lifecycle rule delete old versions after a few days.',
      ),
    );
  }
  return findings;
}
