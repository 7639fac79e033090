import type { z } from 'zod';
import { decodeCursor, encodeCursor } from '../../core/cursor.ts';
import type { Page } from '../../core/wire.ts';
import type { KeptLine } from '../../platform/log-book.ts';
import type { App } from '../../ports.ts';
import type { ListLogQuery, LogLineWire } from './api.ts';

/** Lists lines of the log, newest first. */
export function listLog(app: App, query: z.output<typeof ListLogQuery>): Page<LogLineWire> {
  const { cursor, limit, q, ...search } = query;
  const before = cursor ? Number(decodeCursor(cursor, ['number'])[0]) : undefined;
  const lines = app.logBook.search({ ...search, text: q, before, limit: limit + 1 });
  const last = lines.length > limit ? lines[limit - 1] : undefined;
  return { items: lines.slice(0, limit).map(logLineWire), nextCursor: last ? encodeCursor([last.id]) : null };
}

export function logLineWire({ id, ...line }: KeptLine): LogLineWire {
  return { id: String(id), ...line };
}
