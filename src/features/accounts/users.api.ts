import { z } from 'zod';
import { Id, PageQuery, pageOf, TimeMs } from '../../core/wire.ts';
import { Password, RegisterBody, Role } from './api.ts';

/** Accounts as admins see them. */

export const AccountWire = z.object({
  id: Id,
  username: z.string(),
  email: z.string(),
  role: Role,
  sessions: z.number().int().describe('How many browsers and programs are signed in.'),
  videos: z.number().int().describe('How many videos it has.'),
  storageBytes: z.number().int().describe('What the originals of these take.'),
  createdAtMs: TimeMs,
  lastSeenAtMs: TimeMs.nullable().describe('When it asked for something last, to within minutes.'),
  disabledAtMs: TimeMs.nullable().describe('Since when an admin lets nobody in with it; null where one may.'),
  removedAtMs: TimeMs.nullable().describe('Since when nobody can sign in with it; null where one can.'),
});
export type AccountWire = z.infer<typeof AccountWire>;

export const ListAccountsQuery = PageQuery.extend({
  search: z.string().trim().max(254).optional().describe('A part of the username or e-mail address.'),
  role: Role.optional(),
  disabled: z.enum(['true', 'false']).optional().describe('"true" lists those that are disabled, "false" all others.'),
  removed: z.enum(['true', 'false']).default('false').describe('"true" lists those that have been removed.'),
});
export const AccountPage = pageOf(AccountWire);
export const AccountReply = z.object({ account: AccountWire });
export const AddAccountBody = RegisterBody.extend({ role: Role.default('member') });
export const EditAccountBody = z
  .object({ role: Role, password: Password, disabled: z.boolean() })
  .partial()
  .refine((body) => Object.keys(body).length > 0, 'Send at least one of role, password, disabled.');
export const RemoveAccountQuery = z.object({
  videos: z
    .enum(['keep', 'remove'])
    .default('keep')
    .describe('"keep" leaves them where they are; "remove" hides them, too, and deletes them after seven days.'),
});
export const ResetLinkBody = z.object({
  hours: z.number().int().min(1).max(168).default(24).describe('How long it holds.'),
});
export const MadeResetLink = z.object({
  link: z.string().describe('With the token, told this once. Absolute where `http.baseUrl` is set.'),
  expiresAtMs: TimeMs,
});
export const EndedSessions = z.object({ ended: z.number().int() });
