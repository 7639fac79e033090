import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { MailError, mailSender, smtpPort, tryMailServer } from '../../platform/mail.ts';
import { type Check, type Finding, note, ok, type Patient, warning } from './check.ts';

/** Whether mail would leave: the server's name, the way there, encryption, and signing in. None is sent. */
export const mailCheck: Check = {
  title: 'Mail',
  async run({ config }) {
    const { smtp } = config.mail;
    if (smtp.host === '') {
      return [note('none is sent: mail.smtp.host is not set', 'Set it to be told by mail when something is wrong.')];
    }
    const from = mailSender(config.mail);
    if (!from) {
      const todo = 'Set it, such as "Our films <kinora@example.org>": an address this server lets you send from.';
      return [warning('mails have no sender: mail.from is not set', todo)];
    }
    const found = await addressesOf(smtp.host);
    if (typeof found === 'string') {
      return [
        warning(`${smtp.host} is not known as a name here (${found})`, 'Correct mail.smtp.host, or look at DNS.'),
      ];
    }
    return [...secrecy(config.mail.smtp), ...(await tryServer(config, from.address))];
  },
};

type Smtp = Patient['config']['mail']['smtp'];

async function addressesOf(host: string): Promise<string[] | string> {
  if (isIP(host)) return [host];
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

/** What goes over the network in the open. */
function secrecy({ host, security, user }: Smtp): Finding[] {
  if (security !== 'none' || /^(localhost|127\.|::1$)/.test(host)) return [];
  const what = user === '' ? 'mails go' : 'mails and the password go';
  return [warning(`${what} to ${host} without encryption`, 'Set mail.smtp.security to starttls or tls.')];
}

async function tryServer({ mail }: Patient['config'], sender: string): Promise<Finding[]> {
  const { host, security, user } = mail.smtp;
  const at = `${host}:${smtpPort(mail.smtp)}`;
  try {
    await tryMailServer(mail);
    const how = { starttls: 'encrypted (STARTTLS)', tls: 'encrypted (TLS)', none: 'not encrypted' }[security];
    const who = user === '' ? 'without signing in' : `signed in as ${user}`;
    return [ok(`${at} takes mail from ${sender}: ${how}, ${who}`)];
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    return [warning(error.message, ADVICE[error.stage](mail.smtp))];
  }
}

const ADVICE: Record<MailError['stage'], (smtp: Smtp) => string> = {
  name: () => 'Correct mail.smtp.host, or look at DNS.',
  connection: ({ security }) =>
    `Correct mail.smtp.host and mail.smtp.port. ${security === 'tls' ? 'Port 465 is for tls, 587 for starttls.' : 'Port 587 is for starttls, 465 for tls.'} Many providers of machines block port 25.`,
  encryption: () =>
    'Use the name its certificate is for, or set mail.smtp.security as the server has it. A certificate of your own: see docs/mail.md.',
  'sign-in': () =>
    'Correct mail.smtp.user and mail.smtp.password. Large providers want a password made for one program ("app password").',
  address: () => 'Set mail.from to an address this server lets you send from.',
  message: () => 'Ask whoever runs the server.',
};
