import { and, desc, eq, gte, lte, sql } from 'drizzle-orm';
import type { z } from 'zod';
import { decodeCursor, encodeCursor } from '../../core/cursor.ts';
import type { Page } from '../../core/wire.ts';
import type { App } from '../../ports.ts';
import type { ActName, ActWire, ListActsQuery } from './api.ts';
import { auditActs } from './schema.ts';

/** Lists what was done, newest first. */
export function listActs(app: App, query: z.output<typeof ListActsQuery>): Page<ActWire> {
  const { cursor, limit, act, actor, fromMs, untilMs } = query;
  const [atMs, id] = cursor ? decodeCursor(cursor, ['number', 'string']) : [Number.MAX_SAFE_INTEGER, ''];
  const rows = app.db.orm
    .select()
    .from(auditActs)
    .where(
      and(
        act ? eq(auditActs.act, act) : undefined,
        actor ? eq(auditActs.actorName, actor) : undefined,
        fromMs === undefined ? undefined : gte(auditActs.atMs, fromMs),
        untilMs === undefined ? undefined : lte(auditActs.atMs, untilMs),
        sql`(${auditActs.atMs}, ${auditActs.id}) < (${atMs}, ${id})`,
      ),
    )
    .orderBy(desc(auditActs.atMs), desc(auditActs.id))
    .limit(limit + 1)
    .all();
  const items = rows.slice(0, limit).map(toWire);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last ? encodeCursor([last.atMs, last.id]) : null };
}

function toWire(row: typeof auditActs.$inferSelect): ActWire {
  return {
    id: row.id,
    atMs: row.atMs,
    actor: { id: row.actorId, name: row.actorName },
    act: row.act as ActName,
    target: { id: row.targetId, name: row.targetName },
    changes: row.changes as ActWire['changes'],
    address: row.address,
  };
}
