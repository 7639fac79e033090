/**
 * Writes `test/upgrade/NNNN.sql`: a database as it was after migration NNNN, with rows in every table. What a released
 * version left on people's disks does not change, so a dump is made once, when its migration lands, and kept:
 *
 *   node scripts/upgrade-dump.ts             those that are missing
 *
 * `test/upgrade/rows/NNNN.sql` has the rows that become possible with that migration.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { filesIn } from '../src/platform/installation.ts';
import { createLog } from '../src/platform/log.ts';
import { loadMigrations, migrate } from '../src/platform/migrate.ts';

const ROOT = join(import.meta.dirname, '..');
const FOLDER = join(ROOT, 'test/upgrade');

/** The whole database as SQL: tables, rows, and after them indexes and triggers. */
export function dumpDatabase(raw: Database.Database): string {
  const objects = raw
    .prepare(
      "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid",
    )
    .all() as { type: string; name: string; sql: string }[];
  const tables = objects.filter(({ type }) => type === 'table');
  const others = objects.filter(({ type }) => type !== 'table');
  return [
    'PRAGMA foreign_keys = OFF;',
    ...tables.map(({ sql }) => `${sql};`),
    ...tables.flatMap(({ name }) => rowsSql(raw, name)),
    ...others.map(({ sql }) => `${sql};`),
    '',
  ].join('\n');
}

function rowsSql(raw: Database.Database, table: string): string[] {
  const columns = raw.prepare('SELECT name FROM pragma_table_info(?)').pluck().all(table) as string[];
  const quoted = columns.map((column) => `quote("${column}")`).join(` || ', ' || `);
  const names = columns.map((column) => `"${column}"`).join(', ');
  const rows = raw.prepare(`SELECT ${quoted} FROM "${table}" ORDER BY 1`).pluck().all() as string[];
  return rows.map((values) => `INSERT INTO "${table}" (${names}) VALUES (${values});`);
}

function main(): void {
  const migrations = loadMigrations(filesIn(ROOT));
  const folder = mkdtempSync(join(tmpdir(), 'kinora-dump-'));
  const raw = new Database(join(folder, 'kinora.db'));
  const log = createLog({ level: 'silent', json: false });
  try {
    for (const [index, { name }] of migrations.entries()) {
      const number = name.slice(0, 4);
      const path = join(FOLDER, `${number}.sql`);
      if (existsSync(path)) continue;
      // From the dump before, as somebody who upgraded has it.
      const previous = migrations[index - 1];
      if (previous && raw.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0) {
        raw.exec(readFileSync(join(FOLDER, `${previous.name.slice(0, 4)}.sql`), 'utf8'));
      }
      migrate({
        raw,
        migrations: migrations.slice(0, index + 1),
        log,
        snapshotFolder: null,
        nowMs: () => 1_767_225_600_000,
      });
      const rows = join(FOLDER, 'rows', `${number}.sql`);
      if (existsSync(rows)) raw.exec(readFileSync(rows, 'utf8'));
      const broken = raw.pragma('foreign_key_check') as unknown[];
      if (broken.length > 0) throw new Error(`The rows of ${number} leave references that lead nowhere.`);
      writeFileSync(path, dumpDatabase(raw));
      console.log(`Wrote ${path}.`);
    }
  } finally {
    raw.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

if (import.meta.main) main();
