import { createWriteStream, existsSync, readdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { lockDataFolder } from '../datadir.ts';
import { damaged, readArchive } from './archive.ts';
import { CONFIG_ELSEWHERE, DATABASE, FACTS, isExpected } from './contents.ts';
import { checkDatabase } from './database-copy.ts';
import { BackupFacts } from './facts.ts';
import { abandonRestore, beginRestore, commitRestore, finishRestore, RESTORED } from './pending.ts';
import { asideName } from './snapshots.ts';

export interface RestoreOptions {
  /** The archive. */
  path: string;
  dataFolder: string;
  /** Into a data folder that is in use already. */
  force: boolean;
  /** The names of the migrations this Kinora knows. */
  knownMigrations: string[];
  nowMs: number;
  signal: AbortSignal;
  onStep?: (step: 'check' | 'files' | 'database') => void;
  /** How much of the step is done, in whole percent. */
  onPercent?: (percent: number) => void;
}

export interface Restored {
  facts: BackupFacts;
  files: number;
  /** Where what was there before is kept; null when there was nothing. */
  asideFolder: string | null;
  /** The configuration in the backup lay outside of its data folder: where it is now. Null when it did not. */
  configPath: string | null;
}

/** What may lie in a data folder that counts as empty. */
const HARMLESS = new Set([
  'lock.db',
  'lock.db-journal',
  'kinora.pid',
  'kinora.channel',
  'lost+found',
  'kinora.yaml',
  '.kinora',
  'hardware.json',
  RESTORED,
]);

/**
 * Puts a backup into a data folder that no server uses. The archive is read to its end and compared with its hashes before
 * anything is written, and the database once more when it has been unpacked. Until then nothing in the folder changes, and
 * from then on a crash is made good at the next start. Throws an `Error` with a sentence.
 */
export async function restoreBackup(options: RestoreOptions): Promise<Restored> {
  const { dataFolder, force, signal, onStep = () => {} } = options;
  const unlock = lockDataFolder(dataFolder);
  try {
    finishRestore(dataFolder);
    const used = usedNames(dataFolder);
    if (used.length > 0 && !force) throw new Error(inUse(dataFolder, used));
    onStep('check');
    const facts = await verifyBackup(options);
    const staging = beginRestore(dataFolder);
    onStep('files');
    const { files } = await readArchive(options.path, unpackInto(staging, progressOf(options)), signal);
    onStep('database');
    refuseNewer(checkDatabase(join(staging, DATABASE)).migrations, options.knownMigrations, facts);
    rmSync(join(staging, FACTS));
    const hasConfigElsewhere = existsSync(join(staging, CONFIG_ELSEWHERE));
    signal.throwIfAborted();
    const aside = asideName('restore', options.nowMs);
    const { createdAtMs, version, originals } = facts;
    const note = {
      act: 'restore' as const,
      name: basename(options.path),
      atMs: options.nowMs,
      createdAtMs,
      version,
      originals,
    };
    commitRestore(dataFolder, aside, note);
    const asideFolder = join(dataFolder, 'backups', aside);
    return {
      facts,
      files,
      asideFolder: existsSync(asideFolder) ? asideFolder : null,
      configPath: hasConfigElsewhere ? join(dataFolder, CONFIG_ELSEWHERE) : null,
    };
  } catch (error) {
    abandonRestore(dataFolder);
    throw asSentence(error, dataFolder);
  } finally {
    unlock();
  }
}

/** Reads an archive whole, writes nothing, and says what it is. Throws with a sentence when it is not a good backup. */
async function verifyBackup(options: RestoreOptions): Promise<BackupFacts> {
  const { path, dataFolder, signal } = options;
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) throw new Error(`There is no backup ${path}.`);
  let facts: BackupFacts | null = null;
  let hasDatabase = false;
  const told = progressOf(options);
  const { sizeBytes } = await readArchive(
    path,
    async (name, entryBytes, body) => {
      if (!isExpected(name)) throw damaged(`"${name}" does not belong into a backup of Kinora`);
      if (name === DATABASE) hasDatabase = true;
      if (name === FACTS) facts = readFacts(await text(body));
      else for await (const part of body) told(part.length);
      if (name === FACTS) told(entryBytes);
    },
    signal,
  );
  if (facts === null || !hasDatabase) throw damaged('it is not a backup of Kinora, or of one that is much newer');
  const { bavail, bsize } = statfsSync(dataFolder);
  if (bavail * bsize < sizeBytes) {
    throw new Error(
      `There is not enough room in ${dataFolder}: the backup takes ${gigabytes(sizeBytes)}, and ${gigabytes(bavail * bsize)} are free.`,
    );
  }
  return facts;
}

function readFacts(json: string): BackupFacts {
  try {
    return BackupFacts.parse(JSON.parse(json));
  } catch (error) {
    throw damaged(`${FACTS} does not say what it is`, error);
  }
}

function unpackInto(staging: string, told: (bytes: number) => void) {
  return async (name: string, _sizeBytes: number, body: AsyncIterable<Uint8Array>): Promise<void> => {
    if (!isExpected(name)) throw damaged(`"${name}" does not belong into a backup of Kinora`);
    const path = join(staging, name);
    await mkdir(dirname(path), { recursive: true });
    const observed = Readable.from(
      (async function* () {
        for await (const part of body) {
          told(part.length);
          yield part;
        }
      })(),
    );
    await pipeline(
      observed,
      createWriteStream(path, { flags: 'wx', mode: name === 'secret' ? 0o600 : 0o644, flush: true }),
    );
  };
}

function progressOf({ path, onPercent = () => {} }: RestoreOptions): (bytes: number) => void {
  let doneBytes = 0;
  let last = -1;
  const totalBytes = Math.max(1, statSync(path, { throwIfNoEntry: false })?.size ?? 1);
  return (bytes) => {
    doneBytes += bytes;
    const percent = Math.min(100, Math.floor((doneBytes / totalBytes) * 100));
    if (percent !== last) onPercent((last = percent));
  };
}

function usedNames(dataFolder: string): string[] {
  return readdirSync(dataFolder, { withFileTypes: true })
    .filter((entry) => !HARMLESS.has(entry.name))
    .filter((entry) => !entry.isDirectory() || readdirSync(join(dataFolder, entry.name)).length > 0)
    .map(({ name }) => name);
}

function inUse(dataFolder: string, used: string[]): string {
  const some = used.slice(0, 3).join(', ') + (used.length > 3 ? ' ...' : '');
  return (
    `${dataFolder} is not empty (${some}). Choose an empty folder with --data, or say --force: ` +
    'the database and settings that are there are kept in its "backups" folder, and its videos stay.'
  );
}

/** A database with migrations this Kinora does not know would not start: better said before than after. */
function refuseNewer(migrations: string[], known: string[], { version }: Pick<BackupFacts, 'version'>): void {
  const unknown = migrations.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw new Error(
    `This backup was made by a newer Kinora (${version}), whose database this one does not know. ` +
      'Install that version or a later one, and restore with it. Nothing was changed.',
  );
}

function asSentence(error: unknown, dataFolder: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new Error(`The disk of ${dataFolder} is full. Nothing was changed; make room, and restore again.`, {
      cause: error,
    });
  }
  return error;
}

const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(2)} GB`;
