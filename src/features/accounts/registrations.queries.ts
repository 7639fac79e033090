import { and, asc, count, eq, gt, isNull, or, sql } from 'drizzle-orm';
import type { z } from 'zod';
import { decodeCursor, encodeCursor } from '../../core/cursor.ts';
import type { Orm } from '../../platform/db.ts';
import { registrationNotFound } from './problems.ts';
import type { ListRegistrationsQuery, RegistrationPage } from './registrations.api.ts';
import { registrations } from './schema.ts';

export type RegistrationRow = typeof registrations.$inferSelect;

/** Those who wait, who has waited longest first. */
export function listRegistrations(orm: Orm, query: z.output<typeof ListRegistrationsQuery>): RegistrationPage {
  const { createdAtMs, id } = registrations;
  const rows = orm
    .select()
    .from(registrations)
    .where(and(isNull(registrations.declinedAtMs), query.cursor ? after(query.cursor) : undefined))
    .orderBy(asc(createdAtMs), asc(id))
    .limit(query.limit + 1)
    .all();
  const items = rows.slice(0, query.limit);
  const last = items.at(-1);
  return {
    items: items.map(({ id, username, email, createdAtMs }) => ({ id, username, email, createdAtMs })),
    nextCursor: rows.length > query.limit && last ? encodeCursor([last.createdAtMs, last.id]) : null,
    waiting: countWaiting(orm),
  };
}

function after(cursor: string) {
  const { createdAtMs, id } = registrations;
  const [atMs, lastId] = decodeCursor(cursor, ['number', 'string']);
  return or(gt(createdAtMs, Number(atMs)), and(eq(createdAtMs, Number(atMs)), gt(id, String(lastId))));
}

export function countWaiting(orm: Orm): number {
  return orm.select({ n: count() }).from(registrations).where(isNull(registrations.declinedAtMs)).get()!.n;
}

/** Throws `registration-not-found`. One that was declined is found, too, as long as it is kept. */
export function getRegistration(orm: Orm, id: string): RegistrationRow {
  const row = orm.select().from(registrations).where(eq(registrations.id, id)).get();
  if (!row) throw registrationNotFound('Nobody waits under this id any more. Load the list again.');
  return row;
}

/** Who waits by this name or address. */
export function findWaiting(orm: Orm, login: string): RegistrationRow | null {
  return (
    orm
      .select()
      .from(registrations)
      .where(and(named(login), isNull(registrations.declinedAtMs)))
      .get() ?? null
  );
}

/** Who waits by this name or address, or else was declined last. */
export function findRegistrationByLogin(orm: Orm, login: string): RegistrationRow | null {
  const rows = orm.select().from(registrations).where(named(login)).all();
  const declinedAtMs = (row: RegistrationRow) => row.declinedAtMs ?? Number.POSITIVE_INFINITY;
  return rows.sort((a, b) => declinedAtMs(b) - declinedAtMs(a))[0] ?? null;
}

function named(login: string) {
  const lowered = login.toLowerCase();
  return or(eq(sql`lower(${registrations.username})`, lowered), eq(sql`lower(${registrations.email})`, lowered));
}
