import { and, desc, eq, isNotNull, isNull } from 'drizzle-orm';
import type { App } from '../../ports.ts';
import { users } from '../accounts/schema.ts';
import type { ViewerUser } from '../accounts/viewer.ts';
import { hasMail } from '../mail/service.ts';
import type { NoticeList, NoticePreferencesWire, NoticeWire } from './api.ts';
import { noticePreferences, notices } from './schema.ts';
import { wordingOf } from './wording.ts';

const MOST_PAST = 50;

/** What needs admins now, and what did. */
export function listNotices(app: App): NoticeList {
  const { orm } = app.db;
  const open = orm
    .select()
    .from(notices)
    .where(and(isNull(notices.clearedAtMs), isNotNull(notices.raisedAtMs)))
    .all();
  const past = orm
    .select()
    .from(notices)
    .where(isNotNull(notices.clearedAtMs))
    .orderBy(desc(notices.clearedAtMs), desc(notices.id))
    .limit(MOST_PAST)
    .all();
  const worstFirst = (a: NoticeWire, b: NoticeWire) =>
    Number(b.state === 'problem') - Number(a.state === 'problem') || b.raisedAtMs - a.raisedAtMs;
  return { open: open.map(noticeWire).sort(worstFirst), past: past.map(noticeWire) };
}

function noticeWire({ id, kind, state, facts, raisedAtMs, clearedAtMs }: typeof notices.$inferSelect): NoticeWire {
  return { id, kind, state, ...wordingOf(kind, state, facts), raisedAtMs: raisedAtMs!, clearedAtMs };
}

/** Everybody who is told, and whether by mail. */
export function listTold(app: Pick<App, 'db'>): { id: string; mail: boolean }[] {
  return app.db.orm
    .select({ id: users.id, mail: noticePreferences.mail })
    .from(users)
    .leftJoin(noticePreferences, eq(noticePreferences.userId, users.id))
    .where(and(eq(users.role, 'admin'), isNull(users.deletedAtMs), isNull(users.disabledAtMs)))
    .all()
    .map(({ id, mail }) => ({ id, mail: mail ?? true }));
}

export function readPreferences(app: App, { id, email }: ViewerUser): NoticePreferencesWire {
  const row = app.db.orm.select().from(noticePreferences).where(eq(noticePreferences.userId, id)).get();
  return { mail: row?.mail ?? true, canMail: hasMail(app), address: email };
}
