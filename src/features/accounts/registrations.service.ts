import { eq, lt } from 'drizzle-orm';
import { newId } from '../../core/ids.ts';
import { DAY_MS } from '../../core/time.ts';
import type { Tx } from '../../platform/db.ts';
import type { App } from '../../ports.ts';
import { recordAct } from '../audit/service.ts';
import { addUser } from './add-user.service.ts';
import { refuseTaken } from './names.service.ts';
import { tooManyWait } from './problems.ts';
import { countWaiting, getRegistration } from './registrations.queries.ts';
import { registrations } from './schema.ts';
import type { Actor } from './viewer.ts';

/** Where an admin says yes or no: people wait, and there is no account before that. */

/** Nobody looks through more of them, and whoever sends thousands shall not fill the disk. */
const MOST_WAIT = 1000;
/** How long somebody who was declined is told so. */
const DECLINED_KEPT_MS = 30 * DAY_MS;

/** Throws `account-taken` and `too-many-wait`. */
export function waitForAdmin(
  app: App,
  tx: Tx,
  person: { username: string; email: string; passwordHash: string },
): void {
  if (countWaiting(tx) >= MOST_WAIT) {
    throw tooManyWait('Too many people wait for an account here already. Ask the admin of this instance.');
  }
  refuseTaken(tx, person);
  const id = newId();
  tx.insert(registrations)
    .values({ ...person, id, createdAtMs: app.clock.nowMs(), declinedAtMs: null })
    .run();
  announce(app, id);
}

/** Makes the account; it can be signed into with the password that was chosen. Returns its id. Throws `account-taken`. */
export function approveRegistration(app: App, by: Actor, id: string): string {
  return app.db.write((tx) => {
    const { username, email, passwordHash } = getRegistration(tx, id);
    tx.delete(registrations).where(eq(registrations.id, id)).run();
    addUser(app, tx, { id, username, email, passwordHash, role: 'member' });
    recordAct(app, tx, by, { act: 'registration.approved', target: { id, name: username } });
    announce(app, id);
    return id;
  });
}

/** Name and address are free again, and whoever signs in with them and that password is told. */
export function declineRegistration(app: App, by: Actor, id: string): void {
  app.db.write((tx) => {
    const { username, declinedAtMs } = getRegistration(tx, id);
    if (declinedAtMs !== null) return;
    tx.update(registrations).set({ declinedAtMs: app.clock.nowMs() }).where(eq(registrations.id, id)).run();
    recordAct(app, tx, by, { act: 'registration.declined', target: { id, name: username } });
    announce(app, id);
  });
}

/** Periodic: forgets those who were declined long ago. */
export function sweepRegistrations(app: App): void {
  const before = app.clock.nowMs() - DECLINED_KEPT_MS;
  app.db.write((tx) => tx.delete(registrations).where(lt(registrations.declinedAtMs, before)).run());
}

function announce(app: App, userId: string): void {
  app.db.afterCommit(() => app.events.emit('user.changed', { userId }));
}
