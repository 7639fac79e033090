import { storageAway, storageFull } from '../port.ts';
import type { S3Settings } from './settings.ts';

/** What the client's errors have in common: those of the server, and those of the way there. */
interface S3Failure {
  name?: string;
  message?: string;
  code?: string;
  Region?: string;
  $metadata?: { httpStatusCode?: number };
  $response?: { headers?: Record<string, string> };
}

const BUSY = new Set([
  'SlowDown',
  'ServiceUnavailable',
  'InternalError',
  'RequestTimeout',
  'XMinioServerNotInitialized',
]);
const FULL = new Set(['QuotaExceeded', 'XMinioStorageFull', 'XMinioAdminBucketQuotaExceeded', 'InsufficientCapacity']);

const statusOf = (error: unknown) => (error as S3Failure | null)?.$metadata?.httpStatusCode;

/** Nothing is there by this name. A bucket that is not there is another matter. */
export function isMissing(error: unknown): boolean {
  const { name } = (error ?? {}) as S3Failure;
  return name === 'NoSuchKey' || name === 'NotFound' || (statusOf(error) === 404 && name !== 'NoSuchBucket');
}

/** It was replaced since it was looked at (RFC 9110 section 13.1.1). */
export const isReplaced = (error: unknown) => statusOf(error) === 412;

/** The range begins behind the last byte. */
export const isBehindEnd = (error: unknown) => statusOf(error) === 416;

/**
 * Says for admins why the bucket could not be used, and what to do. `mayPass`: it may work when it is asked again a little later.
 */
export function sayWhy(error: unknown, settings: S3Settings): { sentence: string; mayPass: boolean } {
  const failure = (error ?? {}) as S3Failure;
  const { name = '', message = '' } = failure;
  const { bucket, accessKeyId } = settings;
  const where = settings.endpoint || `Amazon S3 (${settings.region})`;
  const status = statusOf(error);
  const key = accessKeyId === '' ? 'the credentials found on this machine' : `the key "${accessKeyId}"`;
  const stays = (sentence: string) => ({ sentence, mayPass: false });
  const passes = (sentence: string) => ({ sentence, mayPass: true });
  if (name === 'NoSuchBucket' || (status === 404 && name !== 'NoSuchKey')) {
    return stays(`There is no bucket "${bucket}" at ${where}. Create it, or correct storage.s3.bucket.`);
  }
  if (name === 'InvalidBucketName') return stays(`"${bucket}" is no name of a bucket. Correct storage.s3.bucket.`);
  if (name === 'CredentialsProviderError') {
    return stays('There are no credentials for the bucket. Set storage.s3.accessKeyId and storage.s3.secretAccessKey.');
  }
  if (name === 'InvalidAccessKeyId') {
    return stays(`${where} does not know ${key}. Correct storage.s3.accessKeyId.`);
  }
  if (name === 'SignatureDoesNotMatch') {
    return stays(`${where} refuses ${key}: the secret is wrong. Correct storage.s3.secretAccessKey.`);
  }
  if (name === 'RequestTimeTooSkewed') {
    return stays(`The clocks of this machine and of ${where} differ by more than 15 minutes. Set them right, by NTP.`);
  }
  if (name === 'PermanentRedirect' || name === 'AuthorizationHeaderMalformed' || status === 301) {
    const region = failure.Region ?? failure.$response?.headers?.['x-amz-bucket-region'];
    return stays(
      `The bucket "${bucket}" is not in the region "${settings.region}"${region ? ` but in "${region}"` : ''}. Correct storage.s3.region, and storage.s3.endpoint if it names a region.`,
    );
  }
  if (name === 'AccessDenied' || status === 403 || status === 401) {
    return stays(
      `${where} does not let ${key} use the bucket "${bucket}". It has to be allowed to list, read, write and delete objects in it.`,
    );
  }
  if (FULL.has(name) || status === 507) {
    return passes(`The bucket "${bucket}" takes no more (${name || status}). Make room in it, or raise its quota.`);
  }
  if (BUSY.has(name) || (status !== undefined && status >= 500)) {
    return passes(`${where} answers that it cannot serve at the moment (${name || status}). Look at its own log.`);
  }
  if (status === undefined) {
    const reason = failure.code ?? (message || name);
    return passes(
      `${where} cannot be reached (${reason}). Is it running, can this machine reach it, and is storage.s3.endpoint right?`,
    );
  }
  return stays(`${where} refuses what was asked of the bucket "${bucket}": ${name} ${message}`.trim());
}

/** What a verb of the storage throws in place of the client's error: viewers read a calm sentence, admins find the reason in the log. */
export function asProblem(error: unknown, settings: S3Settings): unknown {
  const failure = error as S3Failure | null;
  const fromServer = failure?.$metadata !== undefined;
  const onTheWay = /^(E[A-Z]+|.*Timeout.*|CredentialsProviderError|NetworkingError)$/;
  if (!fromServer && !onTheWay.test(failure?.code ?? '') && !onTheWay.test(failure?.name ?? '')) return error;
  const cause = new Error(sayWhy(error, settings).sentence, { cause: error });
  if (FULL.has(failure?.name ?? '') || statusOf(error) === 507) {
    return storageFull("The server's storage is full. Ask its admin to make room, then try again.", { cause });
  }
  return storageAway('The server cannot use its storage at the moment. Try again in a minute.', { cause });
}
