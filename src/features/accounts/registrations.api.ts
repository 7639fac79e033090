import { z } from 'zod';
import { Id, PageQuery, pageOf, TimeMs } from '../../core/wire.ts';

/** People who wait for an account, as admins see them. */

export const RegistrationWire = z.object({
  id: Id.describe("Becomes the account's when it is approved."),
  username: z.string(),
  email: z.string(),
  createdAtMs: TimeMs,
});
export type RegistrationWire = z.infer<typeof RegistrationWire>;

export const ListRegistrationsQuery = PageQuery;
export const RegistrationPage = pageOf(RegistrationWire).extend({
  waiting: z.number().int().describe('How many wait altogether.'),
});
export type RegistrationPage = z.infer<typeof RegistrationPage>;
