import type { NodemailerError, SMTPTransportOptions } from 'nodemailer';
import { SECOND_MS, type TimeMs } from '../core/time.ts';
import type { Config } from './config/schema.ts';

/** Mail by SMTP (RFC 5321). Nothing is kept between mails: who has no mail, has loaded none of this either. */

export type MailSettings = Config['mail'];

export interface Mail {
  /** An address alone. */
  to: string;
  subject: string;
  text: string;
  /** Without anything that would be fetched from elsewhere. */
  html: string;
  /** What makes the Message-ID: the same for every try, so that a mail that arrives twice is seen once. */
  id: string;
  /** The Date: when there was something to say, not when the server took it. */
  writtenAtMs: TimeMs;
  /** Where one says that one wants no more of these (RFC 2369). */
  unsubscribeUrl?: string | undefined;
}

/** What went wrong, as a sentence with the server's own words. */
export class MailError extends Error {
  /** How far it came. */
  readonly stage: 'name' | 'connection' | 'encryption' | 'sign-in' | 'address' | 'message';
  /** Trying again changes nothing: the queue asks for this. */
  readonly permanent: boolean;

  constructor(stage: MailError['stage'], message: string, options: { permanent?: boolean; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'MailError';
    this.stage = stage;
    this.permanent = options.permanent ?? false;
  }
}

/** Whom mails are from: `mail.from`, else the user's name where it is an address; null where no mail can be sent. */
export function mailSender({ from, smtp }: MailSettings): { name: string; address: string } | null {
  const chosen = from || (/^[^<>@\s]+@[^<>@\s]+$/.test(smtp.user) ? smtp.user : '');
  if (smtp.host === '' || chosen === '') return null;
  const [, name = '', address = chosen] = /^(.*?)\s*<([^<>]+)>$/.exec(chosen) ?? [];
  return { name, address };
}

export function smtpPort({ port, security }: MailSettings['smtp']): number {
  // RFC 6409, RFC 8314, RFC 5321.
  return port === 'auto' ? { starttls: 587, tls: 465, none: 25 }[security] : port;
}

export interface SendOptions {
  /** Used where `mail.from` has no name. */
  senderName: string;
  signal: AbortSignal;
  /** Then a server has to be quick. */
  someoneWaits?: boolean;
}

/** Hands a mail over; resolves with the server's answer. Throws a `MailError`. */
export async function sendMail(
  settings: MailSettings,
  mail: Mail,
  { senderName, signal, someoneWaits = false }: SendOptions,
): Promise<string> {
  const from = mailSender(settings);
  if (!from) throw new MailError('name', 'Mail is not set up (mail.smtp.host, mail.from).', { permanent: true });
  const transport = await openTransport(settings, someoneWaits ? IMPATIENCE : PATIENCE);
  try {
    const { response } = await transport.sendMail({
      from: { name: from.name || senderName, address: from.address },
      to: { name: '', address: mail.to },
      subject: mail.subject,
      text: mail.text,
      html: mail.html,
      messageId: `<${mail.id}@${from.address.split('@')[1]}>`,
      date: new Date(mail.writtenAtMs),
      headers: {
        // RFC 3834: no out-of-office reply to a program.
        'Auto-Submitted': 'auto-generated',
        ...(mail.unsubscribeUrl ? { 'List-Unsubscribe': `<${mail.unsubscribeUrl}>` } : {}),
      },
      signal,
    });
    return response;
  } catch (error) {
    throw explain(error as NodemailerError, settings);
  } finally {
    transport.close();
  }
}

/** Connects, encrypts and signs in as a mail would, and sends none. Throws a `MailError`. */
export async function tryMailServer(settings: MailSettings): Promise<void> {
  const transport = await openTransport(settings, IMPATIENCE);
  try {
    await transport.verify();
  } catch (error) {
    throw explain(error as NodemailerError, settings);
  } finally {
    transport.close();
  }
}

/** Servers that look for spam let one wait for their first words. */
const PATIENCE = { connectionTimeout: 20 * SECOND_MS, greetingTimeout: 60 * SECOND_MS, socketTimeout: 120 * SECOND_MS };
/** Somebody looks at the screen. */
const IMPATIENCE = { connectionTimeout: 8 * SECOND_MS, greetingTimeout: 8 * SECOND_MS, socketTimeout: 8 * SECOND_MS };

async function openTransport({ smtp }: MailSettings, patience: typeof PATIENCE) {
  const { createTransport } = await import('nodemailer');
  const { host, security, user, password } = smtp;
  const options: SMTPTransportOptions = {
    host,
    port: smtpPort(smtp),
    secure: security === 'tls',
    // Encrypted or not at all: whoever is in between could take away the offer of STARTTLS.
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    ...(user === '' ? {} : { auth: { user, pass: password ?? '' } }),
    disableFileAccess: true,
    disableUrlAccess: true,
    dnsTimeout: 10 * SECOND_MS,
    ...patience,
  };
  return createTransport(options);
}

function explain(error: NodemailerError, { smtp }: MailSettings): MailError {
  const at = `${smtp.host}:${smtpPort(smtp)}`;
  // `permanent`: of answers, 5yz but 503 (RFC 5321, 4.2.1).
  const { code = '', originalCode, response, message, permanent = false } = error;
  const make = (stage: MailError['stage'], text: string) => new MailError(stage, text, { permanent, cause: error });
  const words = response ? `: ${response}` : `: ${message}`;
  if (code === 'EDNS')
    return make('name', `${smtp.host} is not known as a mail server's name (${originalCode ?? 'DNS'}).`);
  if (code === 'EAUTH' || code === 'ENOAUTH') return make('sign-in', `${at} does not let us sign in${words}`);
  if (code === 'EENVELOPE') return make('address', `${at} refuses the address${words}`);
  if (code === 'EMESSAGE') return make('message', `${at} refuses the mail${words}`);
  if (code === 'ETLS' || error.timeoutType === 'UPGRADE_TIMEOUT' || isCertificateError(originalCode)) {
    return make('encryption', `There is no encryption with ${at} that can be relied upon${words}`);
  }
  if (code === 'ETIMEDOUT') return make('connection', `${at} does not answer in time.`);
  const reason = originalCode === 'ECONNREFUSED' ? ': nothing takes mail there' : words;
  return make('connection', `${at} cannot be reached${reason}`);
}

const isCertificateError = (code = '') => /CERT|SELF_SIGNED|ERR_TLS|ERR_SSL|UNABLE_TO/.test(code);
