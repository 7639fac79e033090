import { z } from 'zod';
import { Id, TimeMs } from '../../core/wire.ts';

export const Role = z.enum(['admin', 'moderator', 'member']);
export type Role = z.infer<typeof Role>;

export const Username = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,38}[A-Za-z0-9])?$/, {
    message:
      'may have 1 to 40 letters, digits, dots, dashes and underscores, and starts and ends with a letter or digit',
  });
export const Password = z.string().min(8, 'needs at least 8 characters').max(256, 'may have at most 256 characters');
export const Email = z.email('is not an e-mail address').max(254);

export const UserWire = z.object({
  id: Id,
  username: z.string(),
  email: z.string(),
  role: Role,
  mayUpload: z.boolean(),
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
