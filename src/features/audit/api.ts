import { z } from 'zod';
import { Id, PageQuery, pageOf, TimeMs } from '../../core/wire.ts';

/** What is written down, named `noun.pastTense`. */
export const ActName = z.enum([
  'instance.setUp',
  'settings.changed',
  'user.added',
  'user.changed',
  'user.removed',
  'user.restored',
  'user.signedOut',
  'user.resetLinkMade',
  'user.passwordReset',
  'registration.approved',
  'registration.declined',
  'invite.made',
  'invite.used',
  'invite.revoked',
  'admin.signInFailed',
  'channel.changed',
  'library.added',
  'library.changed',
  'library.removed',
  'library.scanned',
  'video.removed',
  'video.restored',
  'job.cancelled',
  'job.retried',
  'task.started',
  'task.rescheduled',
  'backup.made',
  'backup.downloaded',
  'backup.removed',
  'backup.restored',
]);
export type ActName = z.infer<typeof ActName>;

export const ActWire = z.object({
  id: Id,
  atMs: TimeMs,
  actor: z
    .object({ id: Id.nullable(), name: z.string() })
    .describe('Who. "commandline" and "schedule" are no accounts; an empty name is nobody who is signed in.'),
  act: ActName,
  target: z.object({ id: z.string().nullable(), name: z.string() }),
  changes: z
    .record(z.string(), z.object({ before: z.unknown().optional(), after: z.unknown().optional() }))
    .describe('What was before and after, by name.'),
  address: z.string().nullable().describe('Where the request came from.'),
});
export type ActWire = z.infer<typeof ActWire>;

export const ListActsQuery = PageQuery.extend({
  act: ActName.optional(),
  actor: z.string().max(60).optional().describe('A username.'),
  fromMs: z.coerce.number().int().optional(),
  untilMs: z.coerce.number().int().optional(),
});
export const ActPage = pageOf(ActWire);
