import { newId } from '../../core/ids.ts';
import { defineProblem } from '../../core/problem.ts';
import { SECOND_MS } from '../../core/time.ts';
import type { Tx } from '../../platform/db.ts';
import { MailError, mailSender, sendMail } from '../../platform/mail.ts';
import type { App } from '../../ports.ts';
import { findUser } from '../accounts/queries.ts';
import type { ViewerUser } from '../accounts/viewer.ts';
import type { MailTestWire } from './api.ts';
import { compose } from './compose.ts';
import { type Letter, sendMailJob } from './job-definitions.ts';

const mailNotSetUp = defineProblem('mail-not-set-up', 409);

/** Whether this instance can send mail at all. */
export function hasMail({ config }: Pick<App, 'config'>): boolean {
  return mailSender(config.mail) !== null;
}

/** Sends a letter to a user, once this transaction is committed. Nothing happens where there is no mail. */
export function enqueueMail(
  app: Pick<App, 'config' | 'queue' | 'clock'>,
  tx: Tx,
  userId: string,
  letter: Letter,
): void {
  if (!hasMail(app)) return;
  app.queue.enqueue(tx, sendMailJob, { userId, letter, writtenAtMs: app.clock.nowMs() });
}

/** When a mail was taken last, since the start. */
export function acceptedAtMs({ config }: Pick<App, 'config'>): number | null {
  return accepted.get(config) ?? null;
}

const accepted = new WeakMap<App['config'], number>();

/** Sends a letter now. Nothing is sent to accounts that nobody may use any more. Throws a `MailError`. */
export async function deliver(
  app: Pick<App, 'config' | 'db' | 'clock'>,
  { userId, letter, writtenAtMs }: { userId: string; letter: Letter; writtenAtMs: number },
  how: { id: string; signal: AbortSignal; someoneWaits?: boolean },
): Promise<string | null> {
  const user = findUser(app.db.orm, userId);
  if (!user) return null;
  const { instance, http, mail } = app.config;
  const composed = compose(letter, { instanceName: instance.name, baseUrl: http.baseUrl });
  const { id, ...options } = how;
  const answer = await sendMail(
    mail,
    { ...composed, to: user.email, id: `${id}.kinora`, writtenAtMs },
    { senderName: instance.name, ...options },
  );
  accepted.set(app.config, app.clock.nowMs());
  return answer;
}

const TEST_MS = 30 * SECOND_MS;

/** Sends a mail to whoever asks, and tells what the server says to it. Throws `mail-not-set-up`. */
export async function sendTestMail(app: App, user: ViewerUser): Promise<MailTestWire> {
  if (!hasMail(app)) throw mailNotSetUp('Mail is not set up: set mail.smtp.host and mail.from (docs/mail.md).');
  const { name } = app.config.instance;
  const letter: Letter = {
    subject: 'A test',
    paragraphs: [`This is a test: mail from ${name} reaches you.`],
    link: null,
    reason: `You asked ${name} for this mail.`,
    settingsPath: null,
  };
  const how = { id: newId(), signal: AbortSignal.timeout(TEST_MS), someoneWaits: true };
  try {
    const answer = await deliver(app, { userId: user.id, letter, writtenAtMs: app.clock.nowMs() }, how);
    return { accepted: answer !== null, answer: answer ?? 'This account may not be used any more.', to: user.email };
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    app.log.warn({ error }, 'A test mail could not be sent.');
    return { accepted: false, answer: error.message, to: user.email };
  }
}
