import { z } from 'zod';
import { Id, TimeMs } from '../../core/wire.ts';

export const SubscriptionWire = z.object({
  id: Id,
  endpoint: z.string().describe("Where the browser's push service takes messages: a browser knows itself by it."),
  userAgent: z.string().nullable(),
  createdAtMs: TimeMs,
});
export type SubscriptionWire = z.infer<typeof SubscriptionWire>;

export const PushWire = z.object({
  publicKey: z.string().describe('`applicationServerKey`, in base64url.'),
  subscriptions: z.array(SubscriptionWire).describe('Your own browsers.'),
});
export type PushWire = z.infer<typeof PushWire>;

/** As `PushSubscription.toJSON()` has it. */
export const SubscribeBody = z.object({
  endpoint: z.string().max(2000),
  keys: z.object({ p256dh: z.string().max(200), auth: z.string().max(100) }),
});
export const SubscriptionReply = z.object({ subscription: SubscriptionWire });

export const PushTestBody = z.object({ endpoint: z.string().max(2000).describe('Which of your browsers.') });
export const PushTestWire = z.object({
  accepted: z.boolean().describe('Whether the push service took it.'),
  answer: z.string().describe("The service's own words, or why there are none."),
});
export type PushTestWire = z.infer<typeof PushTestWire>;
