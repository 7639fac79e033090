import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type KinoraProcess, startKinora } from '../support/process.ts';
import { person } from '../support/test-app.ts';

/** The real process with `log.sentryDsn`, and a server on the loopback that takes what it sends. */

let folder: string;
let server: Server;
let kinora: KinoraProcess;
const events: { message: { formatted: string }; exception?: { values: { value: string }[] } }[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-errors-'));
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      events.push(JSON.parse(body.split('\n')[2]!));
      response.end('{}');
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  writeFileSync(join(folder, 'dsn'), `http://key@127.0.0.1:${port}/1\n`);
  kinora = await startKinora(join(folder, 'data'), {
    KINORA_SETUP_TOKEN: 'errors',
    KINORA_LOG_SENTRY_DSN_FILE: join(folder, 'dsn'),
    KINORA_ENCODING_HARDWARE: 'off',
  });
});
afterAll(async () => {
  await kinora?.end('SIGTERM');
  server?.close();
  rmSync(folder, { recursive: true, force: true });
});

it('an answer of 500 is sent, with its cause and without the token of who asked', async () => {
  const setUp = await fetch(`${kinora.url}/api/setup`, {
    method: 'POST',
    body: JSON.stringify({ ...person('ada'), token: 'errors' }),
    headers: { 'Content-Type': 'application/json' },
  });
  const { token } = (await setUp.json()) as { token: string };
  const database = new Database(join(folder, 'data', 'kinora.db'));
  database.exec('DROP TABLE audit_acts');
  database.close();
  const answer = await fetch(`${kinora.url}/api/audit`, { headers: { Authorization: `Bearer ${token}` } });
  expect(answer.status).toBe(500);
  await expect.poll(() => events.length).toBe(1);
  expect(events[0]!.message.formatted).toContain('Something went wrong on the server');
  expect(JSON.stringify(events[0])).toContain('no such table: audit_acts');
  expect(JSON.stringify(events)).not.toContain(token);
});
