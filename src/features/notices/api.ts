import { z } from 'zod';
import { Id, TimeMs } from '../../core/wire.ts';

export const NoticeKind = z.enum(['disk', 'backup', 'library', 'database', 'jobs', 'certificate', 'mail']);
export type NoticeKind = z.infer<typeof NoticeKind>;
export const NoticeState = z.enum(['warning', 'problem']);
export type NoticeState = z.infer<typeof NoticeState>;
/** What a sentence about it needs: names, numbers, another program's words. */
export type NoticeFacts = Record<string, string | number>;

export const NoticeWire = z.object({
  id: Id,
  kind: NoticeKind,
  state: NoticeState,
  title: z.string().describe('A few words.'),
  text: z.string().describe('What is wrong, and what to do.'),
  path: z.string().describe('The page where it is put right.'),
  raisedAtMs: TimeMs,
  clearedAtMs: TimeMs.nullable().describe('Since when it has been well again; null while it is not.'),
});
export type NoticeWire = z.infer<typeof NoticeWire>;
export const NoticeList = z.object({
  open: z.array(NoticeWire),
  past: z.array(NoticeWire).describe('Those that are well again, the latest first, 50 at most.'),
});
export type NoticeList = z.infer<typeof NoticeList>;

export const NoticePreferencesWire = z.object({
  mail: z.boolean().describe('Whether you are told by mail.'),
  canMail: z.boolean().describe('Whether mail is set up at all.'),
  address: z.string().describe('Where mails to you go.'),
});
export type NoticePreferencesWire = z.infer<typeof NoticePreferencesWire>;
export const NoticePreferencesBody = z.object({ mail: z.boolean() });
