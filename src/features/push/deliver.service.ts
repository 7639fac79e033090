import { defineProblem } from '../../core/problem.ts';
import { type PushAnswer, sendPush } from '../../platform/push.ts';
import { PermanentJobError } from '../../platform/queue.define.ts';
import type { App } from '../../ports.ts';
import { findUser } from '../accounts/queries.ts';
import type { PushTestWire } from './api.ts';
import type { Notification } from './job-definitions.ts';
import {
  contactOf,
  findSubscription,
  forgetSubscription,
  listSubscriptions,
  ourKeys,
  type SubscriptionRow,
} from './service.ts';

const deviceNotFound = defineProblem('device-not-found', 404);

/** Tells one browser what a job says; returns the service's answer. Throws where it may help to try again, or cannot. */
export async function deliverPush(
  app: App,
  { subscriptionId, notification }: { subscriptionId: string; notification: Notification },
  signal: AbortSignal,
): Promise<string> {
  const row = findSubscription(app, subscriptionId);
  if (!row || !findUser(app.db.orm, row.userId)) return 'Not sent: nobody wants it any more.';
  const answer = await send(app, row, notification, signal);
  const words = wordsOf(answer);
  if (isTaken(answer)) return words;
  if (isGone(answer)) return `${words}: this browser is forgotten.`;
  // Too many at once (429) and trouble over there pass; a refusal stays one.
  if (answer.status === 429 || answer.status >= 500) throw new Error(`The push service puts us off: ${words}`);
  throw new PermanentJobError(`The push service refuses: ${words}`);
}

/** Tells one of somebody's own browsers that it is told, and what its push service says. Throws `device-not-found`. */
export async function sendTestPush(app: App, userId: string, endpoint: string): Promise<PushTestWire> {
  const row = listSubscriptions(app, userId).find((one) => one.endpoint === endpoint);
  if (!row) throw deviceNotFound('This device is not told anything: switch it on first.');
  const { name } = app.config.instance;
  const notification = {
    title: name,
    body: 'This is a test: this device is told.',
    path: '/admin/notices',
    tag: 'test',
  };
  try {
    const answer = await send(app, row, notification, new AbortController().signal);
    return { accepted: isTaken(answer), answer: wordsOf(answer) };
  } catch (error) {
    const { cause, message } = error as Error & { cause?: Error };
    return { accepted: false, answer: `${new URL(endpoint).host} cannot be reached: ${cause?.message ?? message}` };
  }
}

async function send(app: App, row: SubscriptionRow, { path, ...shown }: Notification, signal: AbortSignal) {
  const contact = contactOf(app, row);
  const message = { text: JSON.stringify({ ...shown, path }), topic: shown.tag };
  const answer = await sendPush(row, message, { keys: ourKeys(app), contact, nowMs: app.clock.nowMs(), signal });
  if (isGone(answer)) forgetSubscription(app, row.id);
  return answer;
}

const isTaken = ({ status }: PushAnswer) => status >= 200 && status < 300;
/** RFC 8030, 7.3: the subscription has ended; some services answer as to anything they do not know. */
const isGone = ({ status }: PushAnswer) => status === 404 || status === 410;
const wordsOf = ({ status, text }: PushAnswer) => (text ? `${status} ${text}` : String(status));
