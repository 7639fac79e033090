import { and, desc, eq, gt, lt, or, sql } from 'drizzle-orm';
import type { z } from 'zod';
import { decodeCursor, encodeCursor } from '../../core/cursor.ts';
import { newId } from '../../core/ids.ts';
import { DAY_MS } from '../../core/time.ts';
import type { Page } from '../../core/wire.ts';
import type { Orm, Tx } from '../../platform/db.ts';
import type { App } from '../../ports.ts';
import { recordAct } from '../audit/service.ts';
import type { InviteState, InviteWire, ListInvitesQuery, MakeInviteBody } from './invites.api.ts';
import { inviteExpired, inviteNotFound, inviteRevoked, inviteUsed, registrationClosed } from './problems.ts';
import { invites } from './schema.ts';
import { hashToken, newToken } from './sessions.service.ts';
import type { Actor } from './viewer.ts';

/** Links by which people make themselves an account: as many as it is for, until it runs out or is revoked. */

type InviteRow = typeof invites.$inferSelect;

/** Returns the token, which nobody can read again. Throws `registration-closed` where no link would be of use. */
export function makeInvite(
  app: App,
  by: Actor,
  { note, maxUses, days }: z.output<typeof MakeInviteBody>,
): { invite: InviteWire; token: string } {
  if (app.config.accounts.registration === 'closed') {
    throw registrationClosed('Invites hold where accounts.registration is "invite" or "approval". It is "closed".');
  }
  const token = newToken();
  const nowMs = app.clock.nowMs();
  const row: InviteRow = {
    id: newId(),
    tokenHash: hashToken(token),
    note,
    maxUses,
    uses: 0,
    createdAtMs: nowMs,
    createdBy: by.user?.username ?? '',
    expiresAtMs: days === null ? null : nowMs + days * DAY_MS,
    revokedAtMs: null,
  };
  app.db.write((tx) => {
    tx.insert(invites).values(row).run();
    const changes = { uses: { after: maxUses ?? 'any number' }, days: { after: days ?? 'until revoked' } };
    recordAct(app, tx, by, { act: 'invite.made', target: nameOf(row), changes });
    announce(app, row.id);
  });
  return { invite: inviteWire(row, nowMs), token };
}

/** From now on nobody comes by it. */
export function revokeInvite(app: App, by: Actor, id: string): void {
  app.db.write((tx) => {
    const row = tx.select().from(invites).where(eq(invites.id, id)).get();
    if (!row) throw inviteNotFound('There is no such invite.');
    if (row.revokedAtMs !== null) return;
    tx.update(invites).set({ revokedAtMs: app.clock.nowMs() }).where(eq(invites.id, id)).run();
    recordAct(app, tx, by, { act: 'invite.revoked', target: nameOf(row) });
    announce(app, id);
  });
}

/** The newest first. */
export function listInvites(app: App, { cursor, limit }: z.output<typeof ListInvitesQuery>): Page<InviteWire> {
  const { createdAtMs, id } = invites;
  const rows = app.db.orm
    .select()
    .from(invites)
    // The first page has a bound, too: so the index is searched.
    .where(cursor ? before(cursor) : gt(createdAtMs, 0))
    .orderBy(desc(createdAtMs), desc(id))
    .limit(limit + 1)
    .all();
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const nowMs = app.clock.nowMs();
  return {
    items: items.map((row) => inviteWire(row, nowMs)),
    nextCursor: rows.length > limit && last ? encodeCursor([last.createdAtMs, last.id]) : null,
  };
}

function before(cursor: string) {
  const { createdAtMs, id } = invites;
  const [atMs, lastId] = decodeCursor(cursor, ['number', 'string']);
  return or(lt(createdAtMs, Number(atMs)), and(eq(createdAtMs, Number(atMs)), lt(id, String(lastId))));
}

/** The invite of a link that holds. Throws what is wrong with it, which only those hear who have the link. */
export function getInvite(app: App, token: string, orm: Orm = app.db.orm): InviteRow {
  const row = orm
    .select()
    .from(invites)
    .where(eq(invites.tokenHash, hashToken(token)))
    .get();
  const again = 'Ask who sent it for another.';
  if (!row) throw inviteNotFound(`This invite link is not valid: a part of it may be missing. ${again}`);
  const state = stateOf(row, app.clock.nowMs());
  if (state === 'revoked') throw inviteRevoked(`This invite has been taken back. ${again}`);
  if (state === 'used') throw inviteUsed(`This invite has been used already. ${again}`);
  if (state === 'expired') throw inviteExpired(`This invite has run out. ${again}`);
  return row;
}

/** Somebody has come by it: within the transaction that makes their account. */
export function takeInvite(app: App, tx: Tx, token: string, by: Actor): void {
  const row = getInvite(app, token, tx);
  tx.update(invites)
    .set({ uses: sql`${invites.uses} + 1` })
    .where(eq(invites.id, row.id))
    .run();
  recordAct(app, tx, by, { act: 'invite.used', target: nameOf(row) });
}

function inviteWire(row: InviteRow, nowMs: number): InviteWire {
  const { id, note, uses, maxUses, createdAtMs, createdBy, expiresAtMs } = row;
  return { id, note, state: stateOf(row, nowMs), uses, maxUses, createdAtMs, createdBy, expiresAtMs };
}

function stateOf({ uses, maxUses, expiresAtMs, revokedAtMs }: InviteRow, nowMs: number): InviteState {
  if (revokedAtMs !== null) return 'revoked';
  if (maxUses !== null && uses >= maxUses) return 'used';
  return expiresAtMs !== null && expiresAtMs <= nowMs ? 'expired' : 'open';
}

const nameOf = ({ id, note }: InviteRow) => ({ id, name: note || id });

function announce(app: App, userId: string): void {
  app.db.afterCommit(() => app.events.emit('user.changed', { userId }));
}
