import { z } from 'zod';
import { TimeMs } from '../../core/wire.ts';
import { Title, VideoWire, Visibility } from '../videos/api.ts';

export const ImportBody = z.object({
  url: z
    .string()
    .trim()
    .min(1, 'is missing')
    .max(4096, 'may have at most 4096 characters')
    .describe(
      'A direct link to a media file, http or https. A user name and password in it are sent to that server alone, as Basic authentication.',
    ),
  title: Title.optional(),
  visibility: Visibility.optional(),
});

/** How far a link is that has not been fetched yet. */
export const ImportWire = z.object({
  host: z
    .string()
    .describe('Where it is fetched from. The link itself is not shown to anybody: it may hold a password.'),
  state: z
    .enum(['waiting', 'fetching', 'failed'])
    .describe('waiting: for its turn, or to be tried again. failed: somebody has to do something.'),
  note: z.string().nullable().describe('Why it failed, or has to be tried again: a sentence.'),
  nextTryAtMs: TimeMs.nullable(),
  receivedBytes: z.number().int(),
  sizeBytes: z.number().int().nullable().describe('Null while the server has not said it.'),
});
export type ImportWire = z.infer<typeof ImportWire>;

export const ImportReply = z.object({ video: VideoWire, import: ImportWire });
export type ImportReply = z.infer<typeof ImportReply>;
export const ImportList = z.object({ items: z.array(ImportReply) });
