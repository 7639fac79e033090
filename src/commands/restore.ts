import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { restoreBackup } from '../platform/backup/restore.ts';
import type { ConfigFlags } from '../platform/config/load.ts';
import { loadMigrations } from '../platform/migrate.ts';
import { notThere } from './exit.ts';
import { refuseForeignRoot } from './instance.ts';
import { loadedFor } from './options.ts';
import { createProgress, untilSignal } from './progress.ts';

interface RestoreFlags extends ConfigFlags {
  force?: boolean;
}

/** `kinora restore FILE`: while no server uses the data folder. */
export async function restore(path: string, { force = false, ...flags }: RestoreFlags): Promise<void> {
  const dataFolder = resolve(loadedFor(flags).config.data.dir);
  if (!existsSync(path)) throw notThere(`There is no backup ${resolve(path)}.`);
  refuseForeignRoot(dataFolder);
  const progress = createProgress(false);
  const restored = await untilSignal((signal) =>
    restoreBackup({
      path: resolve(path),
      dataFolder,
      force,
      knownMigrations: loadMigrations().map(({ name }) => name),
      nowMs: Date.now(),
      signal,
      onStep: (step) => progress.step(STEPS[step]),
      onPercent: progress.percent,
    }),
  );
  const { facts, files, asideFolder, configPath } = restored;
  progress.done(restored, () => [
    `Restored ${files} files from ${new Date(facts.createdAtMs).toISOString()} (Kinora ${facts.version}) into ${dataFolder}.`,
    ...(asideFolder ? [`The database and settings that were there are in ${asideFolder}.`] : []),
    ...(configPath ? [`The configuration it was run with is in ${configPath}: put it where yours is kept.`] : []),
    ...(facts.originals ? [] : ['Uploaded originals are not in this backup: copy them back into its "videos" folder.']),
    // Where it is started, not where this was typed, may be another folder.
    `Start it with: kinora serve${flags.data === undefined ? '' : ` --data ${quoted(flags.data)}`}`,
  ]);
}

const quoted = (path: string) => (/^[\w./~-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`);

const STEPS = { check: 'Checking the backup', files: 'Unpacking', database: 'Checking the database' };
