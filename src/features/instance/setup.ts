import { randomBytes } from 'node:crypto';
import { and, eq, isNull } from 'drizzle-orm';
import type { z } from 'zod';
import { defineProblem } from '../../core/problem.ts';
import type { App } from '../../ports.ts';
import { addUser } from '../accounts/add-user.service.ts';
import type { SetupBody } from '../accounts/api.ts';
import { hashPassword } from '../accounts/passwords.service.ts';
import { hasAdmin } from '../accounts/queries.ts';
import type { SignedIn } from '../accounts/service.ts';
import { hashToken, openSession } from '../accounts/sessions.service.ts';
import { recordAct } from '../audit/service.ts';
import { setupTokens } from './schema.ts';

/** The one-time setup link: whoever reads the console makes the first admin. */

const setupDone = defineProblem('setup-done', 409);
const wrongSetupToken = defineProblem('wrong-setup-token', 403);

/**
 * Returns the token of a new setup link, or null when there is an admin already. Only the link of the latest start is
 * valid: earlier consoles are no secret place.
 */
export function prepareSetup(app: App, preset: string | undefined): string | null {
  if (hasAdmin(app.db.orm)) return null;
  const token = preset ?? randomBytes(15).toString('base64url');
  app.db.write((tx) => {
    tx.delete(setupTokens).run();
    tx.insert(setupTokens)
      .values({ tokenHash: hashToken(token), createdAtMs: app.clock.nowMs() })
      .run();
  });
  return token;
}

/** Makes the first admin, once. Throws `setup-done` or `wrong-setup-token`. */
export async function setUp(app: App, body: z.output<typeof SetupBody>, userAgent: string | null): Promise<SignedIn> {
  const { token, ...account } = body;
  const refuseLate = () => {
    if (hasAdmin(app.db.orm)) throw setupDone('This instance has been set up already. Sign in instead.');
  };
  refuseLate();
  const unused = and(eq(setupTokens.tokenHash, hashToken(token)), isNull(setupTokens.usedAtMs));
  const isRight = () => app.db.orm.select().from(setupTokens).where(unused).get() !== undefined;
  const refuse = () => {
    throw wrongSetupToken('This setup link is not valid. Use the latest one that Kinora printed on its console.');
  };
  if (!isRight()) refuse();
  const passwordHash = await hashPassword(account.password);
  return app.db.write((tx) => {
    refuseLate();
    if (!isRight()) refuse();
    tx.update(setupTokens).set({ usedAtMs: app.clock.nowMs() }).where(unused).run();
    const user = addUser(app, tx, { ...account, passwordHash, role: 'admin' });
    const by = { user, address: null };
    recordAct(app, tx, by, { act: 'instance.setUp', target: { id: user.id, name: user.username } });
    return { user, token: openSession(app, tx, user.id, userAgent) };
  });
}
