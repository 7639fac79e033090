import Database from 'better-sqlite3';
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { expect, it } from 'vitest';
import { createSilentLog } from '../src/platform/log.ts';
import { migrate } from '../src/platform/migrate.ts';
import { schemaSql } from './db-new.ts';

const parents = sqliteTable('parents', { id: integer('id').primaryKey(), name: text('name') });
const children = sqliteTable('children', {
  id: integer('id').primaryKey(),
  parentId: integer('parent_id').references(() => parents.id, { onDelete: 'cascade' }),
});
// A column that becomes NOT NULL makes drizzle rebuild the table.
const stricterParents = sqliteTable('parents', { id: integer('id').primaryKey(), name: text('name').notNull() });
const before = { parents, children };
const after = { parents: stricterParents, children };

it('writes migrations that make STRICT tables and keep every row, also when a table is rebuilt', async () => {
  const raw = new Database(':memory:');
  raw.pragma('foreign_keys = ON');
  const first = { name: '0001_first', sql: await schemaSql(before) };
  const second = { name: '0002_second', sql: await schemaSql(after, before) };
  expect(second.sql).toContain('__new_parents');
  migrate({ raw, migrations: [first], log: createSilentLog() });
  raw.exec("INSERT INTO parents VALUES (1, 'a'); INSERT INTO children VALUES (10, 1)");
  migrate({ raw, migrations: [first, second], log: createSilentLog() });

  const tables = raw.pragma('table_list') as { schema: string; name: string; strict: number }[];
  const ours = tables.filter(({ schema, name }) => schema === 'main' && !name.startsWith('sqlite_'));
  expect(ours.map(({ name, strict }) => [name, strict]).sort()).toEqual([
    ['_migrations', 1],
    ['children', 1],
    ['parents', 1],
  ]);
  expect(raw.prepare('SELECT count(*) FROM children').pluck().get()).toBe(1);
  expect(() => raw.exec('INSERT INTO parents VALUES (2, NULL)')).toThrow(/NOT NULL/);
  raw.close();
});

it('has nothing to say when nothing changed', async () => {
  expect(await schemaSql(before, before)).toBe('');
});
