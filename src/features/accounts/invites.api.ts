import { z } from 'zod';
import { Id, Line, PageQuery, pageOf, TimeMs } from '../../core/wire.ts';
import { Token } from './api.ts';

/** Links by which people make themselves an account. */

export const InviteState = z.enum(['open', 'used', 'expired', 'revoked']);
export type InviteState = z.infer<typeof InviteState>;

export const InviteWire = z.object({
  id: Id,
  note: z.string(),
  state: InviteState,
  uses: z.number().int().describe('How many have come by it.'),
  maxUses: z.number().int().nullable().describe('How many may; null for any number.'),
  createdAtMs: TimeMs,
  createdBy: z.string().describe('The name of who made it, as it was then.'),
  expiresAtMs: TimeMs.nullable().describe('Null where it does not run out.'),
});
export type InviteWire = z.infer<typeof InviteWire>;

export const ListInvitesQuery = PageQuery;
export const InvitePage = pageOf(InviteWire);
export const MakeInviteBody = z.object({
  note: Line.max(200, 'may have at most 200 characters').default(''),
  maxUses: z.number().int().min(1).max(10_000).nullable().default(1).describe('null: any number.'),
  days: z
    .number()
    .int()
    .min(1)
    .max(3650)
    .nullable()
    .default(7)
    .describe('How long it holds; null: until it is revoked.'),
});
export const MadeInvite = z.object({
  invite: InviteWire,
  link: z.string().describe('With the token, told this once. Absolute where `http.baseUrl` is set.'),
});
export const TokenBody = z.object({ token: Token });
export const InviteHolds = z.object({ expiresAtMs: TimeMs.nullable() });
