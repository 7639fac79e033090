import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { listSnapshots, rollBack } from '../platform/backup/snapshots.ts';
import type { ConfigFlags } from '../platform/config/load.ts';
import { CommandFailure, notThere } from './exit.ts';
import { refuseForeignRoot } from './instance.ts';
import { loadedFor } from './options.ts';

/** `kinora rollback [SNAPSHOT]`: lists what there is to go back to, or goes back. */
export function rollback(name: string | undefined, flags: ConfigFlags): void {
  const dataFolder = resolve(loadedFor(flags).config.data.dir);
  if (!existsSync(dataFolder)) {
    throw new CommandFailure(`There is no Kinora in ${dataFolder}. Name its data folder with --data.`);
  }
  process.stdout.write(`${(name === undefined ? list(dataFolder) : goBack(dataFolder, name)).join('\n')}\n`);
}

function list(dataFolder: string): string[] {
  const snapshots = listSnapshots(join(dataFolder, 'backups'));
  if (snapshots.length === 0) return ['There is nothing to go back to: this database has not been upgraded yet.'];
  const width = Math.max(...snapshots.map(({ name }) => name.length));
  return [
    'Copies of the database, newest first:',
    '',
    ...snapshots.map(
      ({ name, takenAtMs, sizeBytes }) =>
        `  ${name.padEnd(width)}  ${new Date(takenAtMs).toISOString().slice(0, 16).replace('T', ' ')}  ${(sizeBytes / 1e6).toFixed(1)} MB`,
    ),
    '',
    'To go back, stop the server and say: kinora rollback NAME',
    'Then start the older version of Kinora: this one would upgrade the database again.',
  ];
}

function goBack(dataFolder: string, name: string): string[] {
  refuseForeignRoot(dataFolder);
  const { aside, migrations } = rolledBack(dataFolder, name);
  return [
    `The database is the one of ${name} again; its last migration is ${migrations.at(-1) ?? 'none'}.`,
    `What was there until now is kept: to have it back, say kinora rollback ${aside}`,
    'Now start the version of Kinora you used before: this one would upgrade the database again.',
  ];
}

function rolledBack(dataFolder: string, name: string): ReturnType<typeof rollBack> {
  try {
    return rollBack(dataFolder, name, Date.now());
  } catch (error) {
    const isListed = listSnapshots(join(dataFolder, 'backups')).some((snapshot) => snapshot.name === name);
    throw isListed ? error : notThere((error as Error).message);
  }
}
