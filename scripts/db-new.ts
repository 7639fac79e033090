/**
 * Writes the next migration from the difference between `src/schema.ts` and the last snapshot, for a person to read:
 *
 *   node scripts/db-new.ts add-comments            migrations/0002_add-comments.sql
 *   node scripts/db-new.ts fill-search --empty     the same number and name, for SQL of your own
 *
 * Node loads the schema itself and drizzle-kit is called as a library: its command line loads it through a bundler
 * that has its own ideas about `.ts` imports.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { generateSQLiteDrizzleJson, generateSQLiteMigration } from 'drizzle-kit/api';

type Snapshot = Awaited<ReturnType<typeof generateSQLiteDrizzleJson>>;

/** The SQL that leads from one schema to another, every table STRICT. */
async function differenceSql(from: Snapshot, to: Snapshot): Promise<string> {
  const statements = await generateSQLiteMigration(from, to);
  return (
    statements
      .map(makeStrict)
      // The migration runner switches them off where that has an effect: outside of the transaction.
      .filter((statement) => !/^PRAGMA foreign_keys/i.test(statement))
      .map((statement) => `${statement.trim()}\n`)
      .join('\n')
  );
}

/** The SQL that leads from one set of tables to another; from an empty database unless given. */
export async function schemaSql(tables: Record<string, unknown>, from: Record<string, unknown> = {}): Promise<string> {
  return differenceSql(await generateSQLiteDrizzleJson(from), await generateSQLiteDrizzleJson(tables));
}

/** drizzle has no word for STRICT tables. */
function makeStrict(statement: string): string {
  return /^\s*CREATE TABLE/i.test(statement) ? statement.replace(/\)\s*;?\s*$/, ') STRICT;') : statement;
}

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      empty: { type: 'boolean', default: false },
      schema: { type: 'string', default: join(import.meta.dirname, '../src/schema.ts') },
      out: { type: 'string', default: join(import.meta.dirname, '../migrations') },
    },
  });
  const name = positionals[0];
  if (!name || !/^[a-z0-9]+([_-][a-z0-9]+)*$/.test(name)) {
    throw new Error('Give the migration a name in lower case: node scripts/db-new.ts add-comments');
  }
  const metaFolder = join(values.out, 'meta');
  mkdirSync(metaFolder, { recursive: true });
  const lastSnapshot = readdirSync(metaFolder)
    .filter((file) => file.endsWith('_snapshot.json'))
    .sort()
    .at(-1);
  const from: Snapshot = lastSnapshot
    ? JSON.parse(readFileSync(join(metaFolder, lastSnapshot), 'utf8'))
    : await generateSQLiteDrizzleJson({});
  const tables: Record<string, unknown> = await import(pathToFileURL(values.schema).href);
  const to = await generateSQLiteDrizzleJson(tables, from.id);
  const sql = values.empty ? '-- Written by hand.\n' : await differenceSql(from, to);
  if (sql === '') {
    console.log('The schema has not changed since the last migration.');
    return;
  }
  const last = readdirSync(values.out)
    .map((file) => Number(/^(\d{4})_.*\.sql$/.exec(file)?.[1] ?? 0))
    .reduce((highest, number) => Math.max(highest, number), 0);
  const number = String(last + 1).padStart(4, '0');
  const path = join(values.out, `${number}_${name}.sql`);
  writeFileSync(path, sql);
  // An empty migration has no snapshot of its own: what changed in the schema belongs to the next generated one.
  if (!values.empty) writeFileSync(join(metaFolder, `${number}_snapshot.json`), `${JSON.stringify(to, null, 2)}\n`);
  console.log(`Wrote ${path}. Read it before you commit it.`);
}

if (import.meta.main) {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
