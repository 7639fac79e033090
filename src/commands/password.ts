import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { CommandFailure, EXIT, wrongUsage } from './exit.ts';

/** Asks without showing it; from a pipe, the first line is the password. */
export async function readPassword(): Promise<string> {
  const muted = new Writable({ write: (_chunk, _encoding, done) => done() });
  const isTerminal = process.stdin.isTTY === true;
  if (isTerminal) process.stderr.write('Password: ');
  const lines = createInterface({ input: process.stdin, output: muted, terminal: isTerminal });
  const answer = new Promise<string>((done, fail) => {
    lines.once('line', done);
    // On a terminal that shows nothing, Ctrl-C arrives as a key.
    lines.once('SIGINT', () => fail(new CommandFailure('\nStopped. Nothing was changed.', EXIT.interrupted)));
    lines.once('close', () => fail(wrongUsage('No password was given: type one, or send it on standard input.')));
  });
  const password = await answer;
  lines.close();
  if (isTerminal) process.stderr.write('\n');
  return password;
}
