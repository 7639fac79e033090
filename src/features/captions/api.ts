import { z } from 'zod';
import { Id, Line } from '../../core/wire.ts';

export const CaptionOrigin = z.enum(['embedded', 'sidecar', 'uploaded']);
export type CaptionOrigin = z.infer<typeof CaptionOrigin>;
export const CaptionState = z.enum(['pending', 'ready', 'failed']);
export type CaptionState = z.infer<typeof CaptionState>;
/** `picture`: drawn by nobody but our encoder. */
export const CaptionFormat = z.enum(['vtt', 'ass', 'pgs', 'picture']);
export type CaptionFormat = z.infer<typeof CaptionFormat>;

/** One track as a player offers it. */
export const CaptionWire = z.object({
  id: Id,
  language: z.string().nullable().describe('BCP 47; null where nobody says.'),
  label: z.string(),
  kind: z.enum(['subtitles', 'captions']).describe('"captions" are for people who do not hear.'),
  format: CaptionFormat.describe('What `url` holds.'),
  forced: z.boolean().describe('Only what is spoken in another language than the rest.'),
  default: z.boolean(),
  url: z.string().nullable().describe('The track in its own format; null where it can only be burnt in.'),
  vtt: z.string().nullable().describe('The track as WebVTT; null for pictures.'),
  fonts: z.array(z.string()).describe('Fonts that an ASS track brings along.'),
  burnt: z.string().nullable().describe('HLS playlist of the video with this track drawn into the picture.'),
});
export type CaptionWire = z.infer<typeof CaptionWire>;

/** One track as the video's owner sees it. */
export const OwnCaptionWire = z.object({
  id: Id,
  origin: CaptionOrigin,
  state: CaptionState,
  failure: z.string().nullable().describe('Why it cannot be shown: a sentence its owner can act on.'),
  format: CaptionFormat,
  language: z.string().nullable(),
  title: z.string().nullable(),
  label: z.string(),
  forced: z.boolean(),
  sdh: z.boolean(),
  default: z.boolean(),
  encoding: z.string().nullable().describe('What its text was written in.'),
  filename: z.string().nullable(),
});
export type OwnCaptionWire = z.infer<typeof OwnCaptionWire>;
export const OwnCaptionList = z.object({ items: z.array(OwnCaptionWire) });
export const OwnCaptionReply = z.object({ caption: OwnCaptionWire });

const Language = z
  .string()
  .max(35)
  .regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/, 'is no language tag, such as "en" or "pt-BR"');
const Title = Line.max(80, 'may have at most 80 characters');
const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

/** What a file's name does not say, or says wrongly. */
export const AddCaptionQuery = z.object({
  filename: z.string().min(1).max(255),
  language: Language.optional(),
  title: Title.optional(),
  forced: flag.optional(),
  sdh: flag.optional(),
});
export const EditCaptionBody = z
  .object({
    language: Language.nullable(),
    title: Title.nullable(),
    forced: z.boolean(),
    sdh: z.boolean(),
    default: z.boolean(),
  })
  .partial()
  .refine((body) => Object.keys(body).length > 0, 'Send at least one of language, title, forced, sdh, default.');
