import { sql } from 'drizzle-orm';
import { integer, sqliteTable } from 'drizzle-orm/sqlite-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Db, openDatabase, type Tx } from './db.ts';
import { createLog } from './log.ts';

const numbers = sqliteTable('numbers', { value: integer().primaryKey() });

let db: Db;
let logged: string[];
beforeEach(() => {
  logged = [];
  db = openDatabase({ path: ':memory:', log: createLog({ level: 'info', json: true, write: (l) => logged.push(l) }) });
  db.raw.exec('CREATE TABLE numbers (value INTEGER PRIMARY KEY) STRICT');
});
afterEach(() => db.close());

const add = (tx: Tx, value: number) => tx.insert(numbers).values({ value }).run();
const all = () =>
  db.orm
    .select()
    .from(numbers)
    .all()
    .map((row) => row.value);

describe('write', () => {
  it('commits what it did and returns its value', () => {
    expect(
      db.write((tx) => {
        add(tx, 1);
        return 'done';
      }),
    ).toBe('done');
    expect(all()).toEqual([1]);
    expect(db.raw.inTransaction).toBe(false);
  });

  it('undoes everything when it throws, and can be used again', () => {
    const failing = () =>
      db.write((tx) => {
        add(tx, 1);
        throw new Error('no');
      });
    expect(failing).toThrow('no');
    db.write((tx) => void add(tx, 2));
    expect(all()).toEqual([2]);
  });

  it('refuses an async function, at compile time and at run time', async () => {
    const failing = () =>
      // @ts-expect-error an async function does not fit
      db.write(async (tx) => {
        add(tx, 1);
        await null;
        throw new Error('this rejection must not end the process');
      });
    expect(failing).toThrow(/async/);
    await new Promise((resolve) => setImmediate(resolve));
    expect(all()).toEqual([]);
    // @ts-expect-error a function that may return a promise does not fit either
    const mayBePromise = () => db.write(() => (Math.random() > 2 ? Promise.resolve(1) : 1));
    expect(mayBePromise()).toBe(1);
  });

  it('wants a Tx where a verb writes', () => {
    // @ts-expect-error the plain orm is no proof of being inside a write
    const outside = () => add(db.orm, 1);
    expect(outside).toBeTypeOf('function');
  });

  it('joins the write it is in: inner changes go when the outer one fails', () => {
    const failing = () =>
      db.write((tx) => {
        add(tx, 1);
        db.write((inner) => void add(inner, 2));
        throw new Error('outer');
      });
    expect(failing).toThrow('outer');
    expect(all()).toEqual([]);
  });

  it('undoes only itself when an inner write fails and the outer one goes on', () => {
    const told: number[] = [];
    db.write((tx) => {
      add(tx, 1);
      db.afterCommit(() => told.push(1));
      try {
        db.write((inner) => {
          add(inner, 2);
          db.afterCommit(() => told.push(2));
          throw new Error('inner');
        });
      } catch {}
      add(tx, 3);
      db.afterCommit(() => told.push(3));
    });
    expect(all()).toEqual([1, 3]);
    expect(told).toEqual([1, 3]);
  });
});

describe('afterCommit', () => {
  it('runs after the outermost commit, in order', () => {
    const told: string[] = [];
    db.write(() => {
      db.afterCommit(() => told.push(`a, in transaction: ${db.raw.inTransaction}`));
      db.write(() => db.afterCommit(() => told.push('b')));
      expect(told).toEqual([]);
    });
    expect(told).toEqual(['a, in transaction: false', 'b']);
  });

  it('is dropped on rollback and does not leak into the next write', () => {
    const told: string[] = [];
    const failing = () =>
      db.write(() => {
        db.afterCommit(() => told.push('lost'));
        throw new Error('no');
      });
    expect(failing).toThrow('no');
    db.write(() => {});
    expect(told).toEqual([]);
  });

  it('runs at once outside of a write, and may write itself', () => {
    const told: string[] = [];
    db.afterCommit(() => told.push('now'));
    db.write(() => db.afterCommit(() => db.write((tx) => void add(tx, 7))));
    expect(told).toEqual(['now']);
    expect(all()).toEqual([7]);
  });

  it('logs what throws and tells the others all the same', () => {
    const told: string[] = [];
    db.write(() => {
      db.afterCommit(() => {
        throw new Error('listener');
      });
      db.afterCommit(() => told.push('second'));
    });
    expect(told).toEqual(['second']);
    expect(logged.join()).toContain('listener');
  });
});

it('opens a serialised template as its own database', () => {
  db.write((tx) => void add(tx, 5));
  const copy = openDatabase({ path: db.raw.serialize(), log: createLog({ level: 'error', json: true }) });
  copy.write((tx) => void add(tx, 6));
  expect(copy.orm.get<{ n: number }>(sql`select count(*) as n from numbers`)?.n).toBe(2);
  expect(all()).toEqual([5]);
  expect(copy.raw.pragma('foreign_keys', { simple: true })).toBe(1);
  copy.close();
});
