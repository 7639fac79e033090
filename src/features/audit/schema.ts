import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/**
 * What admins did, one row an act, written in the act's own transaction. Rows are added and, after `log.auditDays`, swept;
 * a trigger refuses to change one. Names are kept beside ids, since accounts and things may be gone when somebody reads this.
 */
export const auditActs = sqliteTable(
  'audit_acts',
  {
    id: text('id').primaryKey(),
    atMs: integer('at_ms').notNull(),
    /** Null: the command line, or nobody who is signed in. */
    actorId: text('actor_id'),
    actorName: text('actor_name').notNull(),
    /** `noun.pastTense`, such as "settings.changed". */
    act: text('act').notNull(),
    targetId: text('target_id'),
    targetName: text('target_name').notNull(),
    /** JSON of what changed: `{ "log.level": { "before": "info", "after": "debug" } }`; never a secret. */
    changes: text('changes', { mode: 'json' }).$type<Record<string, unknown>>().notNull().default(sql`'{}'`),
    address: text('address'),
  },
  (table) => [
    index('audit_acts_time').on(table.atMs, table.id),
    index('audit_acts_act').on(table.act, table.atMs, table.id),
    index('audit_acts_actor').on(table.actorName, table.atMs, table.id),
  ],
);
