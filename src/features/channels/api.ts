import { z } from 'zod';
import { Id, Line, Lines, TimeMs } from '../../core/wire.ts';

/** The name of a channel in addresses. */
export const Handle = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,38}[A-Za-z0-9])?$/, {
    message:
      'may have 1 to 40 letters, digits, dots, dashes and underscores, and starts and ends with a letter or digit',
  });
export const ChannelName = Line.min(1, 'needs at least one character').max(80, 'may have at most 80 characters');

/** What a video says of its channel. */
export const ChannelRef = z.object({
  id: Id,
  handle: z.string().describe('The channel is at `/channel/HANDLE`.'),
  name: z.string(),
});
export type ChannelRef = z.infer<typeof ChannelRef>;

export const ChannelWire = ChannelRef.extend({
  description: z.string(),
  owner: z.object({ id: Id, username: z.string() }).nullable().describe('Null where the account is gone.'),
  videos: z
    .object({ count: z.number().int(), andMore: z.boolean() })
    .describe('How many of its videos this viewer finds, counted up to a thousand.'),
  createdAtMs: TimeMs,
  may: z.object({ edit: z.boolean() }),
});
export type ChannelWire = z.infer<typeof ChannelWire>;
export const ChannelReply = z.object({ channel: ChannelWire });
export type ChannelReply = z.infer<typeof ChannelReply>;

/** A channel's id, or `@` and its handle. */
export const ChannelParam = z.object({
  id: z.union([Id, z.string().startsWith('@').max(41)], 'is neither an id nor a handle such as @anna'),
});
export const EditChannelBody = z
  .object({
    handle: Handle,
    name: ChannelName,
    description: Lines.max(5000, 'may have at most 5,000 characters'),
  })
  .partial()
  .refine((body) => Object.keys(body).length > 0, 'Send at least one of handle, name, description.');
