import { lt } from 'drizzle-orm';
import { newId } from '../../core/ids.ts';
import { DAY_MS, type TimeMs } from '../../core/time.ts';
import type { Tx } from '../../platform/db.ts';
import type { App } from '../../ports.ts';
import type { Actor } from '../accounts/viewer.ts';
import type { ActName, ActWire } from './api.ts';
import { auditActs } from './schema.ts';

export interface Act {
  act: ActName;
  target: { id?: string | null; name: string };
  /** When; now unless given. */
  atMs?: TimeMs;
  /** What was before and after, by name. Never a secret. */
  changes?: ActWire['changes'];
}

const MOST_TEXT = 300;

/**
 * Writes down what somebody did, in the transaction that does it: neither is there without the other. Long values are
 * shortened.
 */
export function recordAct(app: Pick<App, 'clock'>, tx: Tx, by: Actor, what: Act): void {
  const { act, target, changes = {}, atMs = app.clock.nowMs() } = what;
  tx.insert(auditActs)
    .values({
      id: newId(),
      atMs,
      actorId: by.user?.id ?? null,
      actorName: by.user?.username ?? '',
      act,
      targetId: target.id ?? null,
      targetName: target.name.slice(0, MOST_TEXT),
      changes: Object.fromEntries(Object.entries(changes).map(([name, change]) => [name, shorten(change)])),
      address: by.address,
    })
    .run();
}

/** What differs between two states of a thing, for `changes`. Keys that are missing after it count as unchanged. */
export function difference<T extends object>(before: T, after: Partial<T>): ActWire['changes'] {
  const names = Object.keys(after) as (keyof T & string)[];
  const changed = names.filter(
    (name) => after[name] !== undefined && JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  );
  return Object.fromEntries(changed.map((name) => [name, { before: before[name], after: after[name] }]));
}

/** Periodic: forgets acts older than `log.auditDays`. */
export function sweepActs(app: App): void {
  const before = app.clock.nowMs() - app.config.log.auditDays * DAY_MS;
  app.db.write((tx) => tx.delete(auditActs).where(lt(auditActs.atMs, before)).run());
}

function shorten({ before, after }: { before?: unknown; after?: unknown }) {
  const short = (value: unknown) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return text !== undefined && text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}…` : value;
  };
  return {
    ...(before !== undefined && { before: short(before) }),
    ...(after !== undefined && { after: short(after) }),
  };
}
