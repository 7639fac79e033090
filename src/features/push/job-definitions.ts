import { z } from 'zod';
import { defineJob } from '../../platform/queue.define.ts';

/** What a device shows. */
export const Notification = z.object({
  title: z.string().max(200),
  body: z.string().max(1000),
  /** Of the web interface: opened when somebody touches it. */
  path: z.string(),
  /** What it is about: a later one about the same takes its place. */
  tag: z.string(),
});
export type Notification = z.infer<typeof Notification>;

/** Tells one browser. What cannot be told within hours is told no more. */
export const sendPushJob = defineJob(
  'push.send',
  z.object({ subscriptionId: z.string(), notification: Notification }),
  { lane: 'mail', attempts: 8, timeout: '1m', backoff: { first: '1m', max: '1h' } },
);
