import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { createEvents } from '../core/events.ts';
import { RegisterBody } from '../features/accounts/api.ts';
import { hashPassword } from '../features/accounts/passwords.service.ts';
import { addUser } from '../features/accounts/service.ts';
import { systemClock } from '../platform/clock.ts';
import type { ConfigFlags } from '../platform/config/load.ts';
import { openDataDir } from '../platform/datadir.ts';
import { openDatabase } from '../platform/db.ts';
import { installationPath } from '../platform/installation.ts';
import { createLog } from '../platform/log.ts';
import { loadMigrations, migrate } from '../platform/migrate.ts';
import { loadedFor } from './options.ts';

interface AddUserOptions extends ConfigFlags {
  admin?: boolean;
  email?: string;
}

/** `kinora user add NAME [--admin]`: also while the server runs. */
export async function addUserCommand(name: string, options: AddUserOptions): Promise<void> {
  const { config } = loadedFor(options);
  const email = options.email ?? `${name.toLowerCase()}@localhost.localdomain`;
  const password = await readPassword();
  const account = RegisterBody.safeParse({ username: name, email, password });
  if (!account.success) {
    throw new Error(account.error.issues.map(({ path, message }) => `The ${path.join('.')} ${message}.`).join('\n'));
  }
  const db = openExisting(resolve(config.data.dir));
  try {
    const app = { db, clock: systemClock, events: createEvents(() => {}) };
    const passwordHash = await hashPassword(password);
    const role = options.admin ? 'admin' : 'member';
    db.write((tx) => addUser(app, tx, { ...account.data, passwordHash, role }));
    console.log(`Added ${name}${options.admin ? ' as an admin' : ''}.`);
  } finally {
    db.close();
  }
}

/** The database of a data folder, brought up to date unless a running server has done that already. */
function openExisting(path: string) {
  const log = createLog({ level: 'warn', json: false });
  const isServed = (() => {
    try {
      openDataDir(path).close();
      return false;
    } catch (error) {
      if (existsSync(join(path, 'kinora.db'))) return true;
      throw error;
    }
  })();
  const db = openDatabase({ path: join(path, 'kinora.db'), log });
  if (!isServed) {
    migrate({ raw: db.raw, migrations: loadMigrations(installationPath('migrations')), log });
  }
  return db;
}

/** Asks without showing it; from a pipe, the first line is the password. */
async function readPassword(): Promise<string> {
  const muted = new Writable({ write: (_chunk, _encoding, done) => done() });
  const isTerminal = process.stdin.isTTY === true;
  if (isTerminal) process.stderr.write('Password: ');
  const lines = createInterface({ input: process.stdin, output: muted, terminal: isTerminal });
  const answer = new Promise<string>((done, fail) => {
    lines.once('line', done);
    lines.once('close', () => fail(new Error('No password was given: type one, or send it on standard input.')));
  });
  const password = await answer;
  lines.close();
  if (isTerminal) process.stderr.write('\n');
  return password;
}
