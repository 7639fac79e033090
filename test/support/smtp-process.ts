import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { SMTPServer } from 'smtp-server';
import type { SmtpOptions } from './smtp.ts';

/** A mail server in a process of its own: says on stdout, a line of JSON each, where it listens and what it is handed. */

const options = JSON.parse(process.argv[2]!) as SmtpOptions;
const { security = 'none', users, refuse = [], greylist = 0, hangAt, files } = options;
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
const refusal = (responseCode: number, message: string) => Object.assign(new Error(message), { responseCode });
/** Never called back: the client waits. */
const hang = () => say({ hung: true });
let putOff = 0;
// Whoever started it is gone.
process.stdin.resume().once('end', () => process.exit());

const server = new SMTPServer({
  secure: security === 'tls',
  ...(files ? { cert: readFileSync(files.certificate), key: readFileSync(files.key) } : {}),
  disabledCommands: [...(security === 'starttls' ? [] : ['STARTTLS']), ...(users ? [] : ['AUTH'])],
  allowInsecureAuth: security === 'none',
  authOptional: !users,
  logger: false,
  closeTimeout: 100,
  onConnect: (_session, callback) => (hangAt === 'greeting' ? hang() : callback()),
  onAuth({ username = '', password = '' }, _session, callback) {
    if (users?.[username] === password) return callback(null, { user: username });
    callback(refusal(535, '5.7.8 Authentication credentials invalid'));
  },
  onRcptTo({ address }, _session, callback) {
    if (refuse.includes(address)) return callback(refusal(550, '5.1.1 No such user here'));
    if (putOff++ < greylist) return callback(refusal(450, '4.2.0 Greylisted, come back later'));
    callback();
  },
  onData(stream, session, callback) {
    let raw = '';
    stream.setEncoding('utf8').on('data', (text: string) => (raw += text));
    stream.on('end', () => {
      if (hangAt === 'data') return hang();
      const to = session.envelope.rcptTo.map(({ address }) => address);
      const from = session.envelope.mailFrom ? session.envelope.mailFrom.address : null;
      say({ mail: { raw, from, to, isSecure: session.secure, user: session.user ?? null } });
      callback(null, `2.0.0 Ok: queued as ${createHash('sha256').update(raw).digest('hex').slice(0, 10)}`);
    });
  },
});
server.on('error', () => {});
const listening = server.listen(options.port ?? 0, '127.0.0.1', () => {
  say({ port: (listening.address() as { port: number }).port });
});
