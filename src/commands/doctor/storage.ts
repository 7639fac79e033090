import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { access, constants, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { loadMigrations } from '../../platform/migrate.ts';
import { KEEP_FREE_BYTES } from '../../platform/storage/port.ts';
import { type Check, type Finding, note, ok, type Patient, problem, warning } from './check.ts';
import { gigabytes } from './machine.ts';
import { missingMount, readMounts, remoteFileSystem } from './mounts.ts';

/** Where things are kept: the data folder, the database, the libraries. */

export const dataFolderCheck: Check = {
  title: 'Data folder',
  run({ dataFolder }) {
    if (!existsSync(dataFolder)) {
      const parent = nearestExisting(dataFolder);
      return [note(`${dataFolder} is not there yet: it is made at the first start`), ...spaceFindings(parent)];
    }
    const scratch = join(dataFolder, `.doctor-${randomBytes(6).toString('hex')}`);
    try {
      mkdirSync(scratch);
      writeFileSync(join(scratch, 'a'), 'a');
      return [ok(`${dataFolder} can be written to`), ...remoteFindings(dataFolder), ...spaceFindings(dataFolder)];
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOSPC' || code === 'EDQUOT') {
        return [problem(`${dataFolder} cannot be written to: its disk is full`, 'Make room on it.')];
      }
      const who = process.getuid ? ` (user ${process.getuid()})` : '';
      const todo = `Give the folder to the user that runs Kinora${who}, or choose another: data.dir.`;
      return [problem(`${dataFolder} cannot be written to: ${(error as Error).message}`, todo)];
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  },
};

function remoteFindings(folder: string): Finding[] {
  const kind = remoteFileSystem(statfsSync(folder).type);
  if (kind === null) return [];
  const todo = 'Keep the data folder on a disk of this machine; libraries may be anywhere.';
  return [warning(`is on ${kind}: the database may be damaged there, since its locks do not hold`, todo)];
}

function spaceFindings(folder: string): Finding[] {
  const { bavail, bsize, blocks } = statfsSync(folder);
  const freeBytes = bavail * bsize;
  const text = `${gigabytes(freeBytes)} free of ${gigabytes(blocks * bsize)}`;
  if (freeBytes <= KEEP_FREE_BYTES) return [problem(text, 'Free some space: nothing more is stored on this disk.')];
  return [freeBytes < 5e9 ? warning(text, 'Free some space soon: uploads and segments need it.') : ok(text)];
}

function nearestExisting(path: string): string {
  let at = path;
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at);
  return at;
}

export const databaseCheck: Check = {
  title: 'Database',
  run(patient) {
    return withDatabase(patient, (database) => {
      const wrong = (database.pragma('quick_check(5)') as { quick_check: string }[])
        .map(({ quick_check }) => quick_check)
        .filter((line) => line !== 'ok');
      if (wrong.length > 0) {
        const todo =
          'Stop Kinora and put back a copy from the "backups" folder. Keep the broken file: much can be read from it.';
        return [problem(`is damaged: ${wrong.join('; ')}`, todo)];
      }
      return [ok('is whole'), ...migrationFindings(database)];
    });
  },
};

function migrationFindings(database: Database.Database): Finding[] {
  const applied = new Set(database.prepare('SELECT name FROM _migrations').pluck().all() as string[]);
  const known = loadMigrations().map(({ name }) => name);
  const newer = [...applied].filter((name) => !known.includes(name));
  if (newer.length > 0) {
    return [
      problem(
        `was made by a newer Kinora (${newer[0]})`,
        'Update Kinora, or put back the copy made before the update.',
      ),
    ];
  }
  const pending = known.filter((name) => !applied.has(name)).length;
  return pending > 0 ? [note(`is brought up to date at the next start, ${pending} steps`)] : [];
}

export const librariesCheck: Check = {
  title: 'Libraries',
  async run(patient) {
    const declared = patient.config.libraries.flatMap(({ name, folders }) => folders.map((path) => ({ name, path })));
    let known: { name: string; path: string }[] = [];
    withDatabase(patient, (database) => {
      known = database
        .prepare(
          'SELECT l.name, f.path FROM library_folders f JOIN libraries l ON l.id = f.library_id WHERE l.deleted_at_ms IS NULL',
        )
        .all() as typeof known;
      return [];
    });
    const all = new Map([...declared, ...known].map((folder) => [folder.path, folder]));
    if (all.size === 0) return [note('there are none yet')];
    return Promise.all([...all.values()].map(folderFinding));
  },
};

/** A share whose server is gone answers no sooner than it comes back. */
const PATIENCE_MS = 5000;

async function folderFinding({ name, path }: { name: string; path: string }): Promise<Finding> {
  const todo = 'Mount it, or correct the path. What Kinora knows of it is kept meanwhile.';
  const mounts = readMounts();
  const missing = mounts && missingMount(path, mounts.fstab, mounts.mountinfo);
  if (missing)
    return warning(
      `${name}: ${path} is behind ${missing}, and nothing is mounted there`,
      `Mount it: mount ${missing}. What Kinora knows of it is kept meanwhile.`,
    );
  try {
    const entries = await withinPatience(access(path, constants.R_OK | constants.X_OK).then(() => readdir(path)));
    if (entries === null) {
      const gone = 'Look whether the machine or disk it is on is there. What Kinora knows of it is kept meanwhile.';
      return warning(`${name}: ${path} does not answer`, gone);
    }
    return entries.length > 0
      ? ok(`${name}: ${path} can be read`)
      : warning(
          `${name}: ${path} is empty`,
          'If a disk should be mounted there, mount it. Nothing is deleted meanwhile.',
        );
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EACCES') {
      const who = process.getuid ? ` (user ${process.getuid()})` : '';
      return warning(`${name}: ${path} may not be read`, `Let the user that runs Kinora${who} read it.`);
    }
    return warning(`${name}: ${path} ${code === 'ENOENT' ? 'is not there' : `cannot be read: ${message}`}`, todo);
  }
}

async function withinPatience<T>(work: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), PATIENCE_MS);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function withDatabase({ dataFolder }: Patient, look: (database: Database.Database) => Finding[]): Finding[] {
  const path = join(dataFolder, 'kinora.db');
  if (!existsSync(path)) return [note('is not there yet: it is made at the first start')];
  let database: Database.Database | null = null;
  try {
    database = new Database(path, { readonly: true, fileMustExist: true });
    return look(database);
  } catch (error) {
    const todo = 'Stop Kinora and put back a copy from the "backups" folder.';
    return [problem(`cannot be read: ${(error as Error).message}`, todo)];
  } finally {
    database?.close();
  }
}
