import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { filesIn } from './installation.ts';
import { createSilentLog } from './log.ts';
import { loadMigrations, type Migration, migrate } from './migrate.ts';

const first: Migration = {
  name: '0001_first',
  sql: `CREATE TABLE parents (id INTEGER PRIMARY KEY, name TEXT) STRICT;
    CREATE TABLE children (id INTEGER PRIMARY KEY, parent INTEGER NOT NULL REFERENCES parents(id) ON DELETE CASCADE) STRICT;`,
};
const second: Migration = { name: '0002_second', sql: 'CREATE TABLE extras (id INTEGER PRIMARY KEY) STRICT;' };

let folder: string;
let raw: Database.Database;
const log = createSilentLog();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-migrate-'));
  raw = new Database(join(folder, 'kinora.db'));
  raw.pragma('foreign_keys = ON');
});
afterEach(() => {
  raw.close();
  rmSync(folder, { recursive: true });
});

const run = (migrations: Migration[]) => migrate({ raw, migrations, log });
const tables = () =>
  (raw.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all() as { name: string }[]).map(
    (row) => row.name,
  );

describe('migrate', () => {
  it('applies what is missing, once, and says what it did', () => {
    expect(run([first])).toEqual(['0001_first']);
    expect(run([first, second])).toEqual(['0002_second']);
    expect(run([first, second])).toEqual([]);
    expect(tables()).toEqual(['_migrations', 'children', 'extras', 'parents']);
  });

  it('keeps every child row when a parent table is rebuilt', () => {
    run([first]);
    raw.exec('INSERT INTO parents VALUES (1, NULL); INSERT INTO children VALUES (10, 1)');
    const rebuild = `PRAGMA foreign_keys=OFF;
      CREATE TABLE __new_parents (id INTEGER PRIMARY KEY, name TEXT, age INTEGER) STRICT;
      INSERT INTO __new_parents(id, name) SELECT id, name FROM parents;
      DROP TABLE parents; ALTER TABLE __new_parents RENAME TO parents; PRAGMA foreign_keys=ON;`;
    run([first, { name: '0002_rebuild', sql: rebuild }]);
    expect(raw.prepare('SELECT count(*) FROM children').pluck().get()).toBe(1);
    expect(raw.pragma('foreign_keys', { simple: true })).toBe(1);
  });

  it('undoes a migration that leaves broken references, and keeps those before it', () => {
    const broken = { name: '0003_broken', sql: 'INSERT INTO children VALUES (1, 99); CREATE TABLE more (id INTEGER)' };
    expect(() => run([first, second, broken])).toThrow(/0003_broken failed and was undone.*children row 1/);
    expect(tables()).toEqual(['_migrations', 'children', 'extras', 'parents']);
    expect(raw.pragma('foreign_keys', { simple: true })).toBe(1);
    expect(run([first, second])).toEqual([]);
  });

  it.each([
    ['an edited one', [{ ...first, sql: `${first.sql} -- better` }, second], /0001_first was edited/],
    ['a newer database', [], /made by a newer Kinora.*0001_first/],
    [
      'one slipped in before',
      [{ name: '0000_zero', sql: 'CREATE TABLE z (id INTEGER)' }, first],
      /0000_zero comes before/,
    ],
    ['two of one name', [first, second, second], /same name/],
  ])('refuses %s and touches nothing', (_what, migrations, message) => {
    run([first]);
    expect(() => run(migrations)).toThrow(message);
    expect(tables()).toEqual(['_migrations', 'children', 'parents']);
  });

  it('refuses a migration that would end its own transaction', () => {
    expect(() => run([{ name: '0001_bad', sql: 'CREATE TABLE a (id INTEGER);\nCOMMIT;' }])).toThrow(
      /ends its transaction/,
    );
    expect(tables()).not.toContain('a');
  });

  it('does not take other line ends for an edit', () => {
    run([first]);
    expect(run([{ ...first, sql: first.sql.replaceAll('\n', '\r\n') }])).toEqual([]);
  });
});

describe('the snapshot', () => {
  it('holds the rows from before, and is made only when there is something to lose', () => {
    const paths: string[] = [];
    migrate({ raw, migrations: [first], log, onSnapshot: (path) => paths.push(path) });
    expect(paths).toEqual([]);
    raw.exec("INSERT INTO parents VALUES (1, 'kept')");
    const wipe = { name: '0002_wipe', sql: 'DELETE FROM parents' };
    migrate({ raw, migrations: [first, wipe], log, onSnapshot: (path) => paths.push(path) });
    expect(paths).toEqual([join(folder, 'backups', 'before-0002_wipe.db')]);
    const copy = new Database(paths[0]!, { readonly: true });
    expect(copy.prepare('SELECT name FROM parents').pluck().all()).toEqual(['kept']);
    copy.close();
    expect(existsSync(`${paths[0]}.part`)).toBe(false);
  });

  it('is made again when an earlier try failed', () => {
    run([first]);
    expect(() => run([first, { name: '0002_bad', sql: 'nonsense' }])).toThrow(/0002_bad failed/);
    expect(() => run([first, { name: '0002_bad', sql: 'nonsense' }])).toThrow(/0002_bad failed/);
    expect(existsSync(join(folder, 'backups', 'before-0002_bad.db'))).toBe(true);
  });

  it('stops the migration when it cannot be made', () => {
    run([first]);
    const blocked = join(folder, 'a-file');
    writeFileSync(blocked, '');
    expect(() => migrate({ raw, migrations: [first, second], log, snapshotFolder: blocked })).toThrow();
    expect(tables()).not.toContain('extras');
  });
});

it('loads the SQL files of a folder in the order of their names', () => {
  mkdirSync(join(folder, 'migrations'));
  writeFileSync(join(folder, 'migrations/0002_b.sql'), 'B');
  writeFileSync(join(folder, 'migrations/0001_a.sql'), 'A');
  writeFileSync(join(folder, 'migrations/notes.md'), '');
  expect(loadMigrations(filesIn(folder))).toEqual([
    { name: '0001_a', sql: 'A' },
    { name: '0002_b', sql: 'B' },
  ]);
});
