import type * as Sdk from '@aws-sdk/client-s3';
import { sayWhy } from './failures.ts';
import type { S3Settings } from './settings.ts';

/** A bucket, and what is asked of it. */
export interface Connection {
  sdk: typeof Sdk;
  client: Sdk.S3Client;
  settings: S3Settings;
  bucket: string;
  /** The bucket's name of a key, or of the beginning of one. */
  nameOf(key: string): string;
  /** The key behind a name in the bucket. */
  keyOf(name: string): string;
  close(): void;
}

const CONNECT_MS = 5000;
/** Nothing is on the way for so long: the connection is dead, and what was asked is asked again. */
const SILENT_MS = 30_000;
const SOCKETS = 64;
const ATTEMPTS = 4;

/** Loads the client, which takes memory nobody needs whose files are in a folder. Asks the server nothing yet. */
export async function connect(settings: S3Settings): Promise<Connection> {
  const sdk = await import('@aws-sdk/client-s3');
  const { endpoint, region, bucket, accessKeyId, secretAccessKey = '' } = settings;
  const prefix = settings.prefix.replace(/^\/+|\/+$/g, '');
  const base = prefix === '' ? '' : `${prefix}/`;
  const client = new sdk.S3Client({
    region,
    ...(endpoint === '' ? {} : { endpoint }),
    ...(accessKeyId === '' ? {} : { credentials: { accessKeyId, secretAccessKey } }),
    forcePathStyle: settings.pathStyle && endpoint !== '',
    maxAttempts: ATTEMPTS,
    // Several servers refuse streams with a checksum behind them, which the client sends unless told.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: CONNECT_MS,
      socketTimeout: SILENT_MS,
      httpAgent: { keepAlive: true, maxSockets: SOCKETS },
      httpsAgent: { keepAlive: true, maxSockets: SOCKETS },
    },
  });
  return {
    sdk,
    client,
    settings,
    bucket,
    nameOf: (key) => base + key,
    keyOf: (name) => name.slice(base.length),
    close: () => client.destroy(),
  };
}

/**
 * Makes sure that the bucket can be reached with these settings: asked again for `patienceMs`, as both may be starting together.
 * Throws an `Error` with a sentence for whoever starts Kinora.
 */
export async function checkBucket(
  { sdk, client, settings, bucket, nameOf }: Connection,
  patienceMs: number,
): Promise<void> {
  const untilMs = performance.now() + patienceMs;
  for (;;) {
    try {
      await client.send(new sdk.ListObjectsV2Command({ Bucket: bucket, Prefix: nameOf('videos/'), MaxKeys: 1 }));
      return;
    } catch (error) {
      const why = sayWhy(error, settings);
      if (!why.mayPass || performance.now() > untilMs) throw new Error(why.sentence, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}
