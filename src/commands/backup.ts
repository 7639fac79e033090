import { resolve } from 'node:path';
import { copyDatabaseAside, copyDatabaseOf } from '../platform/backup/copy-aside.ts';
import { leaveMadeNote } from '../platform/backup/made.ts';
import { writeBackup } from '../platform/backup/write.ts';
import type { ConfigFlags } from '../platform/config/load.ts';
import { VERSION } from '../version.ts';
import { CommandFailure } from './exit.ts';
import { operatorName } from './instance.ts';
import { loadedFor } from './options.ts';
import { createProgress, untilSignal } from './progress.ts';

interface BackupFlags extends ConfigFlags {
  withOriginals?: boolean;
  json?: boolean;
  /** How it calls itself for the database, with its process id: see copy-aside.ts. */
  databaseOnly?: string;
  /** The server wants it, and writes down itself that it was made. */
  forServer?: boolean;
}

/** `kinora backup FILE`: also while the server runs. */
export async function backup(
  path: string,
  { withOriginals = false, json = false, databaseOnly, forServer = false, ...flags }: BackupFlags,
): Promise<void> {
  if (databaseOnly !== undefined) return copyDatabaseOf(resolve(flags.data!), path, Number(databaseOnly));
  const { config, file } = loadedFor(flags);
  const inBucket = config.storage.driver === 's3';
  if (inBucket && withOriginals) {
    throw new CommandFailure(
      'Originals are in the bucket, and not copied from there. Back it up by its own means (versions, replication), and leave out --with-originals and backup.originals.',
    );
  }
  const dataFolder = resolve(config.data.dir);
  const atMs = Date.now();
  const progress = createProgress(json);
  const written = await untilSignal((signal) =>
    writeBackup({
      dataFolder,
      path,
      originals: withOriginals,
      configFile: file,
      version: VERSION,
      nowMs: atMs,
      signal,
      copyDatabase: copyDatabaseAside,
      onStep: (step) => progress.step(STEPS[step]),
      onPercent: progress.percent,
    }),
  );
  if (!forServer) {
    const { sizeBytes } = written;
    const operator = operatorName();
    leaveMadeNote(dataFolder, { path: resolve(path), atMs, sizeBytes, originals: withOriginals, operator });
  }
  progress.done({ path: resolve(path), ...written }, () => [
    `Wrote ${resolve(path)}: ${megabytes(written.sizeBytes)}, ${written.files} files, checked.`,
    ...(withOriginals
      ? []
      : [inBucket ? IN_BUCKET : 'Uploaded originals are not in it; with --with-originals they are.']),
    'It holds the secret of this instance and what people keep here: keep it where others cannot read it.',
  ]);
}

const IN_BUCKET =
  'Originals, pictures and captions are not in it: they are in the bucket, which needs a backup of its own.';

const STEPS = { files: 'Writing', database: 'Copying the database', check: 'Checking what was written' };

const megabytes = (bytes: number) =>
  bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
