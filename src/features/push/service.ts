import { and, asc, eq } from 'drizzle-orm';
import type { z } from 'zod';
import { newId } from '../../core/ids.ts';
import { defineProblem, invalidInput } from '../../core/problem.ts';
import type { Tx } from '../../platform/db.ts';
import { mailSender } from '../../platform/mail.ts';
import { isPushTarget, makePushKeys, type PushKeys } from '../../platform/push.ts';
import type { App } from '../../ports.ts';
import type { SubscribeBody, SubscriptionWire } from './api.ts';
import { type Notification, sendPushJob } from './job-definitions.ts';
import { pushKeys, pushSubscriptions } from './schema.ts';

const tooManyDevices = defineProblem('too-many-devices', 409);
/** Nobody has more browsers than that; somebody who pretends to is up to something. */
const MOST_DEVICES = 50;

export type SubscriptionRow = typeof pushSubscriptions.$inferSelect;

/** This instance's keys, made the first time. They are in backups, as the rest of the database. */
export function ourKeys(app: Pick<App, 'db' | 'clock'>): PushKeys {
  const read = () => app.db.orm.select().from(pushKeys).get();
  const known = read();
  if (known) return known;
  return app.db.write((tx) => {
    tx.insert(pushKeys)
      .values({ ...makePushKeys(), createdAtMs: app.clock.nowMs() })
      .run();
    return read()!;
  });
}

/** What push services may do with us: write to whoever runs this. */
export function contactOf({ config }: Pick<App, 'config'>, { site }: SubscriptionRow): string {
  if (config.http.baseUrl.startsWith('https:')) return config.http.baseUrl;
  const sender = mailSender(config.mail);
  return sender ? `mailto:${sender.address}` : site;
}

/** Remembers a browser, or whose it is now. Throws `invalid-input` and `too-many-devices`. */
export function subscribe(
  app: App,
  userId: string,
  { endpoint, keys }: z.output<typeof SubscribeBody>,
  from: { site: string; userAgent: string | null },
): SubscriptionWire {
  const target = { endpoint, ...keys };
  if (!isPushTarget(target)) {
    throw invalidInput('This is no subscription of a browser: it takes an https address and two keys.', {
      errors: [{ field: 'endpoint', message: 'is not as browsers make them' }],
    });
  }
  return app.db.write((tx) => {
    // A browser that makes a new one for another account, or with other keys, means that one.
    tx.delete(pushSubscriptions).where(eq(pushSubscriptions.endpoint, endpoint)).run();
    if (listSubscriptions(app, userId).length >= MOST_DEVICES) {
      throw tooManyDevices(
        `This account has ${MOST_DEVICES} devices that are told. Switch it off on some of them first.`,
      );
    }
    const row = { id: newId(), userId, ...target, ...from, createdAtMs: app.clock.nowMs() };
    tx.insert(pushSubscriptions).values(row).run();
    return subscriptionWire(row);
  });
}

/** Forgets one of somebody's browsers; one that is gone already is no error. */
export function unsubscribe(app: Pick<App, 'db'>, userId: string, id: string): void {
  const own = and(eq(pushSubscriptions.id, id), eq(pushSubscriptions.userId, userId));
  app.db.write((tx) => tx.delete(pushSubscriptions).where(own).run());
}

/** Forgets a browser that its push service no longer knows. */
export function forgetSubscription(app: Pick<App, 'db'>, id: string): void {
  app.db.write((tx) => tx.delete(pushSubscriptions).where(eq(pushSubscriptions.id, id)).run());
}

export function listSubscriptions(app: Pick<App, 'db'>, userId: string): SubscriptionRow[] {
  return app.db.orm
    .select()
    .from(pushSubscriptions)
    .where(eq(pushSubscriptions.userId, userId))
    .orderBy(asc(pushSubscriptions.createdAtMs), asc(pushSubscriptions.id))
    .all();
}

export function findSubscription(app: Pick<App, 'db'>, id: string): SubscriptionRow | null {
  return app.db.orm.select().from(pushSubscriptions).where(eq(pushSubscriptions.id, id)).get() ?? null;
}

export function subscriptionWire({ id, endpoint, userAgent, createdAtMs }: SubscriptionRow): SubscriptionWire {
  return { id, endpoint, userAgent, createdAtMs };
}

/** Tells all of a user's browsers, once this transaction is committed. */
export function enqueuePush(app: Pick<App, 'db' | 'queue'>, tx: Tx, userId: string, notification: Notification): void {
  for (const { id } of listSubscriptions(app, userId)) {
    app.queue.enqueue(tx, sendPushJob, { subscriptionId: id, notification });
  }
}
