import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { getTableName, is } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { SQLiteTable } from 'drizzle-orm/sqlite-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkDatabase } from '../../src/platform/backup/database-copy.ts';
import { createSilentLog } from '../../src/platform/log.ts';
import { loadMigrations, migrate } from '../../src/platform/migrate.ts';
import * as schema from '../../src/schema.ts';

/** Databases as every earlier version left them, brought up to date by the real runner. */

const MIGRATIONS = loadMigrations();
const DUMPS = readdirSync(import.meta.dirname).filter((file) => /^\d{4}\.sql$/.test(file));
const log = createSilentLog();

type Row = Record<string, unknown>;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-upgrade-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('there is a dump of every schema', () => {
  const numbers = MIGRATIONS.map(({ name }) => `${name.slice(0, 4)}.sql`);
  expect(DUMPS, 'Run: node scripts/upgrade-dump.ts').toEqual(numbers);
});

describe.each(DUMPS)('%s', (dump) => {
  let raw: Database.Database;
  let before: Record<string, Row[]>;
  let snapshots: string[];
  let applied: string[];

  beforeAll(() => {
    const data = join(folder, dump);
    mkdirSync(data);
    raw = new Database(join(data, 'kinora.db'));
    raw.exec(readFileSync(join(import.meta.dirname, dump), 'utf8'));
    before = allRows(raw);
    snapshots = [];
    applied = migrate({ raw, migrations: MIGRATIONS, log, onSnapshot: (path) => snapshots.push(path) });
  });
  afterAll(() => raw?.close());

  it('has rows in every table it can have', () => {
    const empty = Object.entries(before).filter(([, rows]) => rows.length === 0);
    expect(empty.map(([table]) => table)).toEqual([]);
  });

  it('is upgraded by what it lacks, in order, after a copy of it that is whole', () => {
    const number = dump.slice(0, 4);
    expect(applied).toEqual(MIGRATIONS.map(({ name }) => name).filter((name) => name.slice(0, 4) > number));
    if (applied.length === 0) return;
    expect(snapshots).toHaveLength(1);
    checkDatabase(snapshots[0]!);
    const copy = new Database(snapshots[0]!, { readonly: true });
    expect(allRows(copy)).toEqual(before);
    copy.close();
  });

  it('has the schema of a new database', () => {
    const fresh = new Database(':memory:');
    migrate({ raw: fresh, migrations: MIGRATIONS, log });
    expect(schemaOf(raw)).toEqual(schemaOf(fresh));
    fresh.close();
  });

  it('keeps every row, every value of a column that is still there, and every reference', () => {
    expect(raw.pragma('foreign_key_check')).toEqual([]);
    expect(raw.pragma('integrity_check', { simple: true })).toBe('ok');
    const after = allRows(raw);
    for (const [table, rows] of Object.entries(before)) {
      const columns = columnsOf(raw, table);
      const only = (row: Row) =>
        JSON.stringify(columns.filter((name) => name in rows[0]!).map((name) => [name, row[name]]));
      const left = new Set(after[table]!.map(only));
      const missing = rows.map(only).filter((row) => !left.has(row));
      expect([table, missing]).toEqual([table, []]);
    }
  });

  it('can be read by this version, every table and every column of JSON', () => {
    const orm = drizzle(raw);
    for (const table of Object.values(schema).filter((value) => is(value, SQLiteTable))) {
      const rows = orm.select().from(table).all();
      const name = getTableName(table);
      expect([name, rows.length]).toEqual([name, raw.prepare(`SELECT count(*) FROM "${name}"`).pluck().get()]);
    }
  });
});

it('the first one asks for the subtitles of a film it knew before there were any', () => {
  const raw = new Database(':memory:');
  raw.exec(readFileSync(join(import.meta.dirname, '0001.sql'), 'utf8'));
  migrate({ raw, migrations: MIGRATIONS, log });
  expect(raw.prepare("SELECT video_id FROM jobs WHERE name = 'captions.extract'").pluck().all()).toEqual([
    'Vid2Library000',
  ]);
  raw.close();
});

it('one from before there were channels gives everybody theirs, and what they added is in it', () => {
  const raw = new Database(':memory:');
  raw.exec(readFileSync(join(import.meta.dirname, '0013.sql'), 'utf8'));
  migrate({ raw, migrations: MIGRATIONS, log });
  expect(raw.prepare('SELECT handle, name FROM channels ORDER BY handle').all()).toEqual(
    raw.prepare('SELECT username AS handle, username AS name FROM users ORDER BY username').all(),
  );
  const owners = raw.prepare(
    'SELECT origin, videos.owner_id = channels.owner_id AS own FROM videos LEFT JOIN channels ON channels.id = channel_id',
  );
  const found = owners.all() as { origin: string; own: number | null }[];
  expect(found.filter(({ origin }) => origin === 'upload').map(({ own }) => own)).toContain(1);
  for (const { origin, own } of found) expect(own).not.toBe(origin === 'library' ? 1 : 0);
  raw.close();
});

function allRows(raw: Database.Database): Record<string, Row[]> {
  const names = raw
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .pluck()
    .all() as string[];
  return Object.fromEntries(
    names.map((name) => [name, raw.prepare(`SELECT * FROM "${name}" ORDER BY 1`).all() as Row[]]),
  );
}

const columnsOf = (raw: Database.Database, table: string) =>
  raw.prepare('SELECT name FROM pragma_table_info(?)').pluck().all(table) as string[];

/** Tables, indexes and triggers by name, as SQLite has them written down. */
function schemaOf(raw: Database.Database): unknown[] {
  return raw
    .prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name')
    .all();
}
