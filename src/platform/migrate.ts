import { createHash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { copyDatabase } from './backup/database-copy.ts';
import { keepNewestSnapshots } from './backup/snapshots.ts';
import { type ProgramFiles, programFiles } from './installation.ts';
import type { Log } from './log.ts';

/** One reviewed, append-only step of the schema: `{ name: '0001_first', sql: 'CREATE TABLE ...' }`. */
export interface Migration {
  name: string;
  sql: string;
}

export interface MigrateOptions {
  raw: Database.Database;
  /** In the order in which they apply. */
  migrations: Migration[];
  log: Log;
  /** Where the copy goes that is made first; `backups/` beside the database unless given, `null` for none. */
  snapshotFolder?: string | null;
  /** Told the path of that copy once it has been verified. */
  onSnapshot?: (path: string) => void;
  nowMs?: () => number;
}

/** Those that come with the program: `migrations/*.sql`, sorted by name, `0001_first.sql`, `0002_second.sql`. */
export function loadMigrations(files: ProgramFiles = programFiles): Migration[] {
  return files
    .list('migrations')
    .filter((file) => file.endsWith('.sql'))
    .map((file) => ({ name: basename(file, '.sql'), sql: files.read(`migrations/${file}`)!.toString('utf8') }));
}

/**
 * Brings the database up to date, each migration in its own transaction, and returns the names of those applied.
 * Before touching anything it refuses, with a sentence that says what to do: an edited migration, one that was slipped
 * in before an applied one, and a database made by a newer Kinora. Drizzle's own migrator notices none of these.
 */
export function migrate(options: MigrateOptions): string[] {
  const { raw, migrations, log, nowMs = Date.now } = options;
  const applied = readApplied(raw);
  const pending = findPending(migrations, applied);
  if (pending.length === 0) return [];
  takeSnapshot(options, pending[0]!.name);

  // Inside a transaction this pragma does nothing, and a table rebuild with it on deletes every child row.
  const foreignKeys = raw.pragma('foreign_keys', { simple: true });
  raw.pragma('foreign_keys = OFF');
  try {
    raw.exec(
      'CREATE TABLE IF NOT EXISTS _migrations (name TEXT PRIMARY KEY, sha256 TEXT NOT NULL, applied_at_ms INTEGER NOT NULL) STRICT',
    );
    for (const migration of pending) {
      applyOne(raw, migration, nowMs());
      log.info({ migration: migration.name }, 'Migrated the database.');
    }
  } finally {
    raw.pragma(`foreign_keys = ${foreignKeys ? 'ON' : 'OFF'}`);
  }
  return pending.map((migration) => migration.name);
}

/**
 * Refuses what `migrate` would refuse, such as a database of a newer Kinora, with the same sentence and without a change to
 * the file: it is not even opened for writing.
 */
export function refuseUnfitDatabase(path: string, migrations: Migration[]): void {
  if (!existsSync(path)) return;
  const raw = new Database(path, { readonly: true });
  try {
    findPending(migrations, readApplied(raw));
  } finally {
    raw.close();
  }
}

function readApplied(raw: Database.Database): Map<string, string> {
  if (!raw.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = '_migrations'").get()) return new Map();
  const rows = raw.prepare('SELECT name, sha256 FROM _migrations').all() as { name: string; sha256: string }[];
  return new Map(rows.map((row) => [row.name, row.sha256]));
}

/** What is left to apply; throws when what has been applied does not fit what this binary knows. */
function findPending(migrations: Migration[], applied: Map<string, string>): Migration[] {
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  if (known.size !== migrations.length) throw new Error('Two migrations have the same name. Rename one of them.');

  const unknown = [...applied.keys()].filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new Error(
      `This database was made by a newer Kinora: it has ${unknown.join(', ')}, which this version does not know. ` +
        'Start the newer version again, or restore a backup from before it. Nothing was changed.',
    );
  }
  for (const [name, sha256] of applied) {
    if (sha256 !== fingerprint(known.get(name)!)) {
      throw new Error(
        `The migration ${name} was edited after it had been applied to this database. ` +
          'Put the original file back and make the change in a new migration. Nothing was changed.',
      );
    }
  }
  const firstPending = migrations.findIndex((migration) => !applied.has(migration.name));
  const appliedLater = migrations.findLast((migration) => applied.has(migration.name));
  if (firstPending !== -1 && appliedLater && migrations.indexOf(appliedLater) > firstPending) {
    throw new Error(
      `The migration ${migrations[firstPending]!.name} comes before ${appliedLater.name}, which has already been applied. ` +
        'Give it a number after the last one. Nothing was changed.',
    );
  }
  return firstPending === -1 ? [] : migrations.slice(firstPending);
}

function applyOne(raw: Database.Database, migration: Migration, appliedAtMs: number): void {
  if (/^\s*(COMMIT|ROLLBACK|VACUUM)\b/im.test(migration.sql)) {
    throw new Error(`The migration ${migration.name} ends its transaction itself. Take that statement out.`);
  }
  raw.exec('BEGIN IMMEDIATE');
  try {
    raw.exec(migration.sql);
    const broken = raw.pragma('foreign_key_check') as { table: string; rowid: number | null; parent: string }[];
    if (broken.length > 0) {
      const where = broken.slice(0, 5).map((row) => `${row.table} row ${row.rowid ?? '?'} without its ${row.parent}`);
      throw new Error(`it leaves ${broken.length} broken references (${where.join('; ')})`);
    }
    raw
      .prepare('INSERT INTO _migrations (name, sha256, applied_at_ms) VALUES (?, ?, ?)')
      .run(migration.name, fingerprint(migration), appliedAtMs);
    raw.exec('COMMIT');
  } catch (error) {
    if (raw.inTransaction) raw.exec('ROLLBACK');
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`The migration ${migration.name} failed and was undone: ${reason}`, { cause: error });
  }
}

/** Copies the database as it is before the first pending migration, and reads the copy back. Older copies make room. */
function takeSnapshot({ raw, log, snapshotFolder, onSnapshot }: MigrateOptions, firstPending: string): void {
  const empty = !raw.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' LIMIT 1").get();
  if (empty || snapshotFolder === null || (raw.memory && snapshotFolder === undefined)) return;
  const folder = snapshotFolder ?? join(dirname(raw.name), 'backups');
  const path = join(folder, `before-${firstPending}.db`);
  try {
    mkdirSync(folder, { recursive: true });
    copyDatabase(raw, path);
  } catch (error) {
    const reason = (error as Error).message.replace(/\.$/, '');
    throw new Error(
      `The database was not migrated, since it could not be copied first: ${reason}. Nothing was changed.`,
      {
        cause: error,
      },
    );
  }
  log.info({ path }, 'Copied the database before migrating it. To go back: kinora rollback');
  for (const name of keepNewestSnapshots(folder)) log.info({ name }, 'Removed an old copy of the database.');
  onSnapshot?.(path);
}

/** The sha256 of the SQL, with line ends as git stores them, so that a checkout on Windows is no edit. */
function fingerprint(migration: Migration): string {
  return createHash('sha256').update(migration.sql.replaceAll('\r\n', '\n')).digest('hex');
}
