import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TlsFiles } from '../../src/platform/tls.ts';

export interface SmtpOptions {
  port?: number;
  security?: 'starttls' | 'tls' | 'none';
  files?: TlsFiles;
  /** Name and password; whoever has none may not send. */
  users?: Record<string, string>;
  /** Addresses of nobody: 550. */
  refuse?: string[];
  /** How many times somebody is put off with 450 before the first mail is taken. */
  greylist?: number;
  hangAt?: 'greeting' | 'data';
}

export interface ReceivedMail {
  /** As it came: headers, and the parts as they were encoded. */
  raw: string;
  from: string | null;
  to: string[];
  isSecure: boolean;
  user: string | null;
}

export interface SmtpProcess {
  port: number;
  mails: ReceivedMail[];
  /** How often it stopped answering in the middle. */
  hung(): number;
  end(): Promise<void>;
}

/** Starts a mail server of nodemailer's makers on the loopback, in a process of its own. */
export async function startSmtp(options: SmtpOptions = {}): Promise<SmtpProcess> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'smtp-process.ts'), JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const mails: ReceivedMail[] = [];
  let hung = 0;
  const port = await new Promise<number>((resolve, reject) => {
    child.once('close', () => reject(new Error('The mail server ended.')));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const said = JSON.parse(line) as { port?: number; mail?: ReceivedMail; hung?: true };
      if (said.port) resolve(said.port);
      if (said.mail) mails.push(said.mail);
      if (said.hung) hung += 1;
    });
  });
  return {
    port,
    mails,
    hung: () => hung,
    end() {
      child.kill('SIGKILL');
      return ended;
    },
  };
}

/** A header of a mail, unfolded (RFC 5322, 2.2.3) and decoded (RFC 2047, as "Q"). */
export function headerOf({ raw }: ReceivedMail, name: string): string | null {
  const head = raw.slice(0, raw.indexOf('\r\n\r\n')).replaceAll(/\r\n[ \t]+/g, ' ');
  const text = new RegExp(`^${name}:\\s*(.*)$`, 'im').exec(head)?.[1]?.trim();
  const joined = text?.replaceAll(/\?=\s+=\?UTF-8\?Q\?/g, '');
  return joined?.replaceAll(/=\?UTF-8\?Q\?(.*?)\?=/g, (_, word: string) => fromQ(word)) ?? null;
}

const fromQ = (word: string) =>
  decodeURIComponent(word.replaceAll('_', ' ').replaceAll('%', '%25').replaceAll('=', '%'));

/** The part of a mail of one type, decoded. */
export function partOf({ raw }: ReceivedMail, type: 'text/plain' | 'text/html'): string {
  const boundary = /boundary="([^"]+)"/.exec(raw)![1]!;
  const part = raw.split(`--${boundary}`).find((text) => text.includes(`Content-Type: ${type}`))!;
  const [head = '', ...body] = part.split('\r\n\r\n');
  const text = body.join('\r\n\r\n');
  if (/base64/i.test(head)) return Buffer.from(text, 'base64').toString('utf8');
  if (!/quoted-printable/i.test(head)) return text;
  const bytes = text.replaceAll(/=\r\n/g, '').replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => `%${hex}`);
  return bytes.replaceAll(/(?:%[0-9A-F]{2})+/g, (codes) => decodeURIComponent(codes));
}
