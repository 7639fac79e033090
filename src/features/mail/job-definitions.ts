import { z } from 'zod';
import { defineJob } from '../../platform/queue.define.ts';

/** What a mail says, before it has a form. Paths are those of the web interface. */
export const Letter = z.object({
  subject: z.string(),
  paragraphs: z.array(z.string()),
  link: z.object({ label: z.string(), path: z.string() }).nullable(),
  /** Why one gets it, as a sentence. */
  reason: z.string(),
  /** Where one says that one wants no more of these; null for what one asked for oneself. */
  settingsPath: z.string().nullable(),
});
export type Letter = z.infer<typeof Letter>;

/**
 * Sends one mail to one user. Whoever reads the row learns no address and no password: both are looked up when it is sent.
 * A server that puts us off (RFC 5321, 4yz; greylisting) or is not there is asked again for about a day.
 */
export const sendMailJob = defineJob(
  'mail.send',
  z.object({ userId: z.string(), letter: Letter, writtenAtMs: z.number() }),
  { lane: 'mail', attempts: 20, timeout: '5m', backoff: { first: '1m', max: '2h' } },
);
