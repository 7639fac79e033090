import { z } from 'zod';
import { Id, TimeMs } from '../../core/wire.ts';
import { ChannelRef, Handle } from '../channels/api.ts';

export const Role = z.enum(['admin', 'moderator', 'member']);
export type Role = z.infer<typeof Role>;

/** What a new account's channel is called, too. */
export const Username = Handle;
export const Password = z.string().min(8, 'needs at least 8 characters').max(256, 'may have at most 256 characters');
export const Email = z.email('is not an e-mail address').max(254);

export const UserWire = z.object({
  id: Id,
  username: z.string(),
  email: z.string(),
  role: Role,
  mayUpload: z.boolean(),
  channel: ChannelRef.nullable().describe('Where what they add is published.'),
  createdAtMs: TimeMs,
});
export type UserWire = z.infer<typeof UserWire>;

export const RegisterBody = z.object({ username: Username, email: Email, password: Password });
export const Token = z.string().trim().min(1, 'is missing').max(200);
export const SignUpBody = RegisterBody.extend({ invite: Token.optional().describe('The token of an invite link.') });
export const SetupBody = RegisterBody.extend({ token: z.string().min(1, 'is missing: it is printed on the console') });
export const LoginBody = z.object({
  login: z.string().trim().min(1, 'is your username or e-mail address').max(254),
  password: z.string().min(1, 'is missing').max(256),
});
export const SessionWire = z.object({ user: UserWire, token: z.string() });
export const WaitingWire = z
  .object({ waiting: z.literal(true), username: z.string() })
  .describe('There is no account yet: an admin says yes or no first.');
export const MeWire = z.object({ user: UserWire });
