import { and, eq, gt, isNull, lt } from 'drizzle-orm';
import { newId } from '../../core/ids.ts';
import { DAY_MS, type TimeMs } from '../../core/time.ts';
import type { Tx } from '../../platform/db.ts';
import type { App } from '../../ports.ts';
import { findConditions } from './conditions.queries.ts';
import { noticePreferences, notices } from './schema.ts';
import { type Condition, nextStep, type Step } from './steps.ts';
import { tellAdmins } from './tell.ts';

const KEPT_MS = 90 * DAY_MS;

type NoticeRow = typeof notices.$inferSelect;

/**
 * Periodic: looks at everything that can go wrong, and tells admins of what is new, what has lasted another day, and what is
 * well again.
 */
export async function checkNotices(app: App): Promise<void> {
  const conditions = await findConditions(app);
  const nowMs = app.clock.nowMs();
  const keyOf = ({ kind, subject }: { kind: string; subject: string }) => `${kind} ${subject}`;
  const open = new Map(openRows(app).map((row) => [keyOf(row), row]));
  const found = new Map(conditions.map((condition) => [keyOf(condition), condition]));
  for (const key of new Set([...open.keys(), ...found.keys()])) {
    const [row, condition] = [open.get(key) ?? null, found.get(key) ?? null];
    const step = nextStep(row, condition, nowMs, row !== null && wasClearedLately(app, row, nowMs));
    if (step && hasChanged(row, condition, step)) takeStep(app, row, condition, step, nowMs);
  }
}

/** Periodic: forgets what has been well for long. */
export function sweepNotices(app: App): void {
  const before = app.clock.nowMs() - KEPT_MS;
  app.db.write((tx) => tx.delete(notices).where(lt(notices.clearedAtMs, before)).run());
}

/** Chooses whether an admin is told by mail. */
export function choosePreferences(app: App, userId: string, { mail }: { mail: boolean }): void {
  app.db.write((tx) =>
    tx
      .insert(noticePreferences)
      .values({ userId, mail })
      .onConflictDoUpdate({ target: noticePreferences.userId, set: { mail } })
      .run(),
  );
}

function openRows(app: App): NoticeRow[] {
  return app.db.orm.select().from(notices).where(isNull(notices.clearedAtMs)).all();
}

function wasClearedLately(app: App, { kind, subject }: NoticeRow, nowMs: TimeMs): boolean {
  const lately = gt(notices.clearedAtMs, nowMs - DAY_MS);
  const same = and(lately, eq(notices.kind, kind), eq(notices.subject, subject));
  return app.db.orm.select({ id: notices.id }).from(notices).where(same).limit(1).get() !== undefined;
}

/** Every minute nothing changes: then nothing is written. */
function hasChanged(row: NoticeRow | null, condition: Condition | null, { do: what, next, tell }: Step): boolean {
  if (!row || what !== 'keep' || tell !== null || row.goneAtMs !== next.goneAtMs) return true;
  return row.state !== next.state || (condition !== null && !isSame(row, condition));
}

/** How much is free changes all the time, and is told when there is something to tell. */
const isSame = (row: NoticeRow, { kind, facts }: Condition) =>
  kind === 'disk' || JSON.stringify(row.facts) === JSON.stringify(facts);

function takeStep(app: App, row: NoticeRow | null, condition: Condition | null, step: Step, nowMs: TimeMs): void {
  const { kind, subject } = (condition ?? row)!;
  const facts = condition?.facts ?? row!.facts;
  const { state } = step.next;
  app.db.write((tx) => {
    if (step.do === 'drop') tx.delete(notices).where(eq(notices.id, row!.id)).run();
    // What is known of it comes last: `next` is the row as it was, with its times.
    else put(tx, row, { ...step.next, kind, subject, facts, clearedAtMs: step.do === 'clear' ? nowMs : null });
    if (step.tell) tellAdmins(app, tx, { kind, subject, state, facts }, step.tell);
    app.db.afterCommit(() => app.events.emit('notice.changed', { kind }));
  });
  if (step.tell) app.log.info({ notice: kind, subject, state, ...facts }, TOLD[step.tell]);
}

const TOLD = {
  raised: 'Admins are told: something needs them.',
  worse: 'Admins are told: something has become worse.',
  still: 'Admins are told again: something still needs them.',
  well: 'Admins are told: something is well again.',
} as const;

function put(tx: Tx, row: NoticeRow | null, values: Omit<NoticeRow, 'id'>): void {
  if (row) tx.update(notices).set(values).where(eq(notices.id, row.id)).run();
  else
    tx.insert(notices)
      .values({ id: newId(), ...values })
      .run();
}
