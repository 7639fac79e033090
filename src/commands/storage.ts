import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { ConfigFlags } from '../platform/config/load.ts';
import { DataDirInUse, lockDataFolder } from '../platform/datadir.ts';
import { createLog } from '../platform/log.ts';
import { copyStorage } from '../platform/storage/copy.ts';
import { createFsStorage } from '../platform/storage/fs.ts';
import { openStorage } from '../platform/storage/open.ts';
import { CommandFailure, EXIT } from './exit.ts';
import { examples, instanceOptions, loadedFor } from './options.ts';
import { createProgress, untilSignal } from './progress.ts';

interface CopyFlags extends ConfigFlags {
  to: 'fs' | 's3';
  json?: boolean;
}

/** The command about where originals, segments and pictures are kept: `storage copy`. */
export function storageCommands(program: Command): void {
  const storage = program.command('storage').description('move originals, segments and pictures to a bucket, or back');
  instanceOptions(
    examples(
      storage
        .command('copy')
        .description('copy everything there that is not there yet; the server must not run')
        .addOption(
          new Option('--to <driver>', 'where: a bucket, or the data folder')
            .choices(['s3', 'fs'])
            .makeOptionMandatory(),
        )
        .option('--json', 'print progress and outcome as lines of JSON'),
      ['storage copy --to s3', 'storage copy --to fs --data /srv/kinora'],
    ),
  ).action(copy);
}

/** Copies between the data folder and the bucket of `storage.s3`, whichever of the two is in use. */
async function copy({ to, json = false, ...flags }: CopyFlags): Promise<void> {
  const { config } = loadedFor(flags);
  const folder = resolve(config.data.dir);
  if (!existsSync(join(folder, 'kinora.db'))) {
    throw new CommandFailure(`There is no Kinora in ${folder}. Name its data folder with --data.`);
  }
  const unlock = lockStopped(folder);
  try {
    const log = createLog({ level: 'warn', json: false });
    const here = createFsStorage({ root: folder });
    const settings = { ...config.storage, driver: 's3' as const };
    const bucket = await openStorage({ settings, folder, log, bucket: { sends: false, patienceMs: 0 } });
    const progress = createProgress(json);
    try {
      progress.step(to === 's3' ? 'Copying to the bucket' : 'Copying to the data folder');
      const [from, target] = to === 's3' ? [here, bucket] : [bucket, here];
      const copied = await untilSignal((signal) =>
        copyStorage({ from, to: target, signal, onPercent: progress.percent }),
      );
      const next =
        to === 's3'
          ? 'Set storage.driver to s3 and start Kinora. When all is well, delete the folder "videos" of the data folder.'
          : 'Set storage.driver to fs and start Kinora. When all is well, empty the bucket.';
      progress.done(copied, () => [
        `Copied ${copied.files} files, ${(copied.bytes / 1e9).toFixed(2)} GB; ${copied.skipped} were there already.`,
        next,
      ]);
    } finally {
      await bucket.close();
    }
  } finally {
    unlock();
  }
}

function lockStopped(folder: string): () => void {
  try {
    return lockDataFolder(folder);
  } catch (error) {
    if (!(error instanceof DataDirInUse)) throw error;
    throw new CommandFailure(
      'Kinora runs on this folder. Stop it first: what it writes meanwhile would be missing.',
      EXIT.failed,
    );
  }
}
