import { z } from 'zod';
import { Id, TimeMs } from '../../core/wire.ts';
import { Email, Password, Token, Username } from './api.ts';

/** One's own account. */

const currentPassword = z.string().min(1, 'is missing').max(256);

export const EditMeBody = z
  .object({ username: Username.optional(), email: Email.optional(), currentPassword })
  .refine(({ username, email }) => username !== undefined || email !== undefined, 'Send username or email.');
export const NewPasswordBody = z.object({ currentPassword, password: Password });

export const OwnSessionWire = z.object({
  id: Id,
  userAgent: z.string().nullable().describe('What the browser or program calls itself.'),
  createdAtMs: TimeMs,
  lastSeenAtMs: TimeMs.nullable().describe('When it asked for something last, to within minutes.'),
  current: z.boolean().describe('Whether it is the one that asks.'),
});
export type OwnSessionWire = z.infer<typeof OwnSessionWire>;
export const OwnSessions = z.object({ items: z.array(OwnSessionWire) });

export const ResetHolds = z.object({ username: z.string(), expiresAtMs: TimeMs });
export const ResetBody = z.object({ token: Token, password: Password });
