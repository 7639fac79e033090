import { newId } from '../../core/ids.ts';
import type { Tx } from '../../platform/db.ts';
import type { App } from '../../ports.ts';
import { openChannel } from '../channels/service.ts';
import type { Role } from './api.ts';
import { refuseTaken } from './names.service.ts';
import { viewerUser } from './queries.ts';
import { users } from './schema.ts';
import type { ViewerUser } from './viewer.ts';

interface NewUser {
  /** Of somebody who was known before. */
  id?: string;
  username: string;
  email: string;
  passwordHash: string;
  role: Role;
}

/** Makes an account with a role, and its channel. Throws `account-taken`. The only place that adds users. */
export function addUser(app: Pick<App, 'db' | 'clock' | 'events'>, tx: Tx, account: NewUser): ViewerUser {
  const { id = newId(), username, email, passwordHash, role } = account;
  refuseTaken(tx, { username, email });
  const row = {
    id,
    username,
    email,
    passwordHash,
    role,
    createdAtMs: app.clock.nowMs(),
    lastSeenAtMs: null,
    disabledAtMs: null,
    deletedAtMs: null,
  };
  tx.insert(users).values(row).run();
  openChannel(app, tx, row);
  app.db.afterCommit(() => app.events.emit('user.changed', { userId: row.id }));
  return viewerUser(row);
}
