import Database from 'better-sqlite3';
import { type BetterSQLite3Database, drizzle } from 'drizzle-orm/better-sqlite3';
import type { Log } from './log.ts';

/** Reads anything; what query functions take. A `Tx` is one too. */
export type Orm = BetterSQLite3Database;

/**
 * A query that is built once for each connection: for what is asked with every request, where building the SQL costs ten
 * times as much as running it. What changes from one run to the next is a `sql.placeholder`.
 */
export function preparedFor<T>(build: (orm: Orm) => T): (orm: Orm) => T {
  const built = new WeakMap<Orm, T>();
  return (orm) => {
    let query = built.get(orm);
    if (query === undefined) built.set(orm, (query = build(orm)));
    return query;
  };
}

declare const insideWrite: unique symbol;
/** Proof of being inside `db.write`: what every verb that changes rows takes as its argument. */
export type Tx = Orm & { readonly [insideWrite]: true };

/**
 * `T`, unless it is a promise: then a type that nothing is assignable to, with the reason in its name.
 * A transaction is over when its function returns, so what an async one does after its first `await` would not be in it.
 */
export type NotPromise<T> =
  T extends PromiseLike<unknown> ? 'A write is synchronous: do the waiting before or after it.' : T;

export interface Db {
  /** For reads, anywhere. Inside a write it sees that write's changes: there is one connection. */
  orm: Orm;
  /**
   * Runs `fn` in one short immediate transaction; a throw undoes everything.
   * A write inside a write becomes a part of it that can fail alone (a savepoint), and commits with the outer one.
   */
  write<T>(fn: (tx: Tx) => NotPromise<T>): T;
  /**
   * Runs `fn` once the outermost write has been committed, in order; never when it was rolled back.
   * Outside of any write it runs at once. What it throws is logged: the commit cannot be taken back any more.
   */
  afterCommit(fn: () => void): void;
  /**
   * Has SQLite look again at how large tables have become, where that has changed much: what it knows of that decides which
   * index it takes. A few milliseconds, since it looks at samples (https://sqlite.org/pragma.html#pragma_optimize).
   */
  keepStatistics(): void;
  /** The connection itself, for migrations, backups and pragmas. */
  raw: Database.Database;
  close(): void;
}

export interface OpenDatabaseOptions {
  /** A file, or `:memory:`; or the bytes of a serialised database, which opens in memory (fast for tests). */
  path: string | Uint8Array;
  log: Log;
}

/** For a look at a database that may be another process's: nothing is changed. */
export function openReadOnly(path: string): Pick<Db, 'orm' | 'close'> {
  const raw = new Database(path, { readonly: true, fileMustExist: true });
  return { orm: drizzle(raw), close: () => raw.close() };
}

export function openDatabase({ path, log }: OpenDatabaseOptions): Db {
  const raw = new Database(typeof path === 'string' ? path : Buffer.from(path));
  raw.pragma('journal_mode = WAL');
  // NORMAL with WAL survives a crash of Kinora whole; a power cut may lose the last commits, never the database.
  raw.pragma('synchronous = NORMAL');
  raw.pragma('foreign_keys = ON');
  raw.pragma('busy_timeout = 5000');
  raw.pragma('temp_store = MEMORY');
  raw.pragma('cache_size = -16384');
  raw.pragma(`mmap_size = ${256 * 1024 * 1024}`);
  raw.pragma(`journal_size_limit = ${64 * 1024 * 1024}`);
  raw.pragma('analysis_limit = 400');

  const orm = drizzle(raw);
  const begin = raw.prepare('BEGIN IMMEDIATE');
  const commit = raw.prepare('COMMIT');
  const rollback = raw.prepare('ROLLBACK');
  let depth = 0;
  let hooks: (() => void)[] = [];

  function runHook(hook: () => void): void {
    try {
      hook();
    } catch (error) {
      log.error({ error }, 'Something that was to happen after a commit failed.');
    }
  }

  function writeOutermost<T>(fn: () => T): T {
    begin.run();
    depth = 1;
    let result: T;
    try {
      result = refusePromise(fn());
      commit.run();
    } catch (error) {
      // SQLite itself has already rolled back after some errors, such as a full disk.
      if (raw.inTransaction) rollback.run();
      hooks = [];
      throw error;
    } finally {
      depth = 0;
    }
    const committed = hooks;
    hooks = [];
    committed.forEach(runHook);
    return result;
  }

  function writeNested<T>(fn: () => T): T {
    const savepoint = `nested_${depth}`;
    const hooksBefore = hooks.length;
    raw.exec(`SAVEPOINT ${savepoint}`);
    depth += 1;
    try {
      const result = refusePromise(fn());
      raw.exec(`RELEASE ${savepoint}`);
      return result;
    } catch (error) {
      if (raw.inTransaction) raw.exec(`ROLLBACK TO ${savepoint}; RELEASE ${savepoint}`);
      hooks.length = hooksBefore;
      throw error;
    } finally {
      depth -= 1;
    }
  }

  return {
    orm,
    raw,
    write<T>(fn: (tx: Tx) => NotPromise<T>): T {
      const run = () => fn(orm as unknown as Tx) as T;
      return depth === 0 ? writeOutermost(run) : writeNested(run);
    },
    afterCommit(fn) {
      if (depth === 0) runHook(fn);
      else hooks.push(fn);
    },
    keepStatistics() {
      // 0x02: tables may be analysed; 0x10000: also those that have not been asked for yet.
      raw.pragma('optimize = 0x10002');
    },
    close() {
      if (!raw.open) return;
      raw.pragma('optimize');
      raw.close();
    },
  };
}

function refusePromise<T>(result: T): T {
  if (result !== null && typeof result === 'object' && typeof (result as { then?: unknown }).then === 'function') {
    // Whatever the promise rejects with later must not end the process: the error below is the one to see.
    Promise.resolve(result).catch(() => {});
    throw new TypeError('A write got an async function. Its changes were undone: do the waiting before or after it.');
  }
  return result;
}
