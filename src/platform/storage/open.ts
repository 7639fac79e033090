import type { Config } from '../config/schema.ts';
import type { Log } from '../log.ts';
import { createFsStorage } from './fs.ts';
import type { Storage } from './port.ts';
import type { S3Options } from './s3/s3.ts';

/** A bucket's server may be starting together with Kinora. */
const PATIENCE_MS = 20_000;

/**
 * Opens the storage that the configuration names. `folder` is the data folder: storage itself, or where files wait for the bucket.
 * Throws an `Error` with a sentence for whoever starts Kinora.
 */
export async function openStorage(options: {
  settings: Config['storage'];
  folder: string;
  log: Log;
  bucket?: Pick<S3Options, 'sends' | 'patienceMs'>;
}): Promise<Storage> {
  const { settings, folder, log, bucket } = options;
  if (settings.driver === 'fs') return createFsStorage({ root: folder });
  const { s3 } = settings;
  if (s3.bucket === '') throw new Error('storage.driver is "s3": set storage.s3.bucket to the name of the bucket.');
  if ((s3.accessKeyId === '') !== (s3.secretAccessKey === undefined)) {
    const lacking = s3.accessKeyId === '' ? 'accessKeyId' : 'secretAccessKey';
    throw new Error(`storage.s3.accessKeyId and storage.s3.secretAccessKey belong together: set ${lacking}, too.`);
  }
  const { openS3Storage } = await import('./s3/s3.ts');
  return openS3Storage({ settings: s3, folder, log, patienceMs: PATIENCE_MS, ...bucket });
}
