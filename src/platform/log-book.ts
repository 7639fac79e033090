import { rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { TimeMs } from '../core/time.ts';
import type { LogLevel } from './log.ts';

/** A line of the log as it was kept. */
export interface KeptLine {
  /** Grows with every line. */
  id: number;
  atMs: TimeMs;
  level: LogLevel;
  text: string;
  fields: Record<string, unknown>;
}

export interface LogSearch {
  /** This level and those above it. */
  level?: LogLevel | undefined;
  /** Has to be in the words or the fields, whatever the case. */
  text?: string | undefined;
  fromMs?: TimeMs | undefined;
  untilMs?: TimeMs | undefined;
  /** Only lines before this id. */
  before?: number | undefined;
  limit: number;
}

/**
 * The last lines of the log, in a database file of their own: searched by admins in the browser. What is kept is bounded
 * in lines and, with them, in bytes; without the file (a full disk), everything else goes on.
 */
export interface LogBook {
  /** Takes a JSON line as the log writes it. Never throws. */
  add(line: string): void;
  /** Newest first. */
  search(search: LogSearch): KeptLine[];
  /** Tells of every line from now on. Returns the function that ends it. */
  follow(listener: (line: KeptLine) => void): () => void;
  /** Lets go of lines beyond the limit now. */
  keep(): void;
  close(): void;
}

export interface LogBookOptions {
  /** A file; `:memory:` in tests. */
  path: string;
  /** How many lines to keep; asked each time. */
  lines: () => number;
  nowMs: () => TimeMs;
}

const LEVELS: LogLevel[] = ['debug', 'info', 'warn', 'error'];
/** Lines longer than this are cut: with the number of lines, this bounds the file. */
const MOST_CHARACTERS = 8 * 1024;
/** Room is made for so many lines at once. */
const SPARE = 0.05;

export function openLogBook({ path, lines, nowMs }: LogBookOptions): LogBook {
  const database = openFile(path);
  const insert = database?.prepare('INSERT INTO lines (at_ms, level, text, fields) VALUES (?, ?, ?, ?)');
  const forget = database?.prepare('DELETE FROM lines WHERE id <= ?');
  const bounds = database?.prepare('SELECT min(id) AS first, max(id) AS last FROM lines');
  const followers = new Set<(line: KeptLine) => void>();
  const known = bounds?.get() as { first: number | null; last: number | null } | undefined;
  let first = known?.first ?? 1;
  let last = known?.last ?? 0;

  function keep(slack = 0): void {
    const most = lines();
    if (last - first + 1 <= most * (1 + slack)) return;
    first = last - most + 1;
    forget?.run(first - 1);
  }

  return {
    add(line) {
      if (lines() === 0 || !database?.open) return;
      try {
        const kept = readLine(line, nowMs());
        const fields = JSON.stringify(kept.fields);
        const { lastInsertRowid } = insert!.run(kept.atMs, LEVELS.indexOf(kept.level), kept.text, fields);
        last = Number(lastInsertRowid);
        keep(SPARE);
        for (const follower of followers) follower({ id: last, ...kept });
      } catch {
        // The log itself has gone to stderr already; there is nobody else to tell.
      }
    },
    search(search) {
      if (!database?.open) return [];
      const { where, values } = conditions(search);
      const rows = database
        .prepare(`SELECT id, at_ms AS atMs, level, text, fields FROM lines WHERE ${where} ORDER BY id DESC LIMIT ?`)
        .all(...values, search.limit) as { id: number; atMs: number; level: number; text: string; fields: string }[];
      return rows.map((row) => ({ ...row, level: LEVELS[row.level]!, fields: JSON.parse(row.fields) }));
    },
    follow(listener) {
      followers.add(listener);
      return () => void followers.delete(listener);
    },
    keep: () => keep(),
    close: () => database?.close(),
  };
}

function conditions({ level, text, fromMs, untilMs, before }: LogSearch): { where: string; values: unknown[] } {
  const found: [string, ...unknown[]][] = [['id < ?', before ?? Number.MAX_SAFE_INTEGER]];
  if (level && level !== 'debug') found.push(['level >= ?', LEVELS.indexOf(level)]);
  if (fromMs !== undefined) found.push(['at_ms >= ?', fromMs]);
  if (untilMs !== undefined) found.push(['at_ms <= ?', untilMs]);
  if (text) {
    const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
    found.push(["(text LIKE ? ESCAPE '\\' OR fields LIKE ? ESCAPE '\\')", pattern, pattern]);
  }
  return { where: found.map(([sql]) => sql).join(' AND '), values: found.flatMap(([, ...values]) => values) };
}

function readLine(line: string, nowMs: TimeMs): Omit<KeptLine, 'id'> {
  const { time, level, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const whole = JSON.stringify(fields).length <= MOST_CHARACTERS;
  return {
    atMs: Date.parse(String(time)) || nowMs,
    level: LEVELS.includes(level as LogLevel) ? (level as LogLevel) : 'error',
    text: String(msg ?? '').slice(0, MOST_CHARACTERS),
    fields: whole ? fields : { cut: JSON.stringify(fields).slice(0, MOST_CHARACTERS) },
  };
}

/** Null where it cannot be opened. A damaged file is replaced: there is nothing in it that has to last. */
function openFile(path: string): Database.Database | null {
  for (let attempt = 0; attempt < 2; attempt += 1) {
    let database: Database.Database | null = null;
    try {
      database = new Database(path);
      // A crash of the process loses nothing; after a power cut the last lines may be missing.
      database.pragma('journal_mode = WAL');
      database.pragma('synchronous = OFF');
      database.pragma('journal_size_limit = 4194304');
      database.exec(
        'CREATE TABLE IF NOT EXISTS lines (id INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, level INTEGER NOT NULL, text TEXT NOT NULL, fields TEXT NOT NULL) STRICT',
      );
      return database;
    } catch {
      database?.close();
      if (path !== ':memory:') for (const end of ['', '-wal', '-shm']) rmSync(`${path}${end}`, { force: true });
    }
  }
  return null;
}
