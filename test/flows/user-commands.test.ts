import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runKinora } from '../support/kinora-command.ts';
import { type KinoraProcess, startKinora } from '../support/process.ts';

/** `kinora user` about how people come in, beside a running server. */

const PASSWORD = 'correct horse battery';

let data: string;
let kinora: KinoraProcess;
beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'kinora-user-commands-'));
  kinora = await startKinora(data, { KINORA_ACCOUNTS_REGISTRATION: 'approval' });
});
afterAll(async () => {
  await kinora?.end('SIGTERM');
  rmSync(data, { recursive: true, force: true });
});

const run = (argv: string[]) => runKinora([...argv, '--data', data]);
async function done(argv: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(argv);
  expect(code, `${argv.join(' ')}: ${stdout}${stderr}`).toBe(0);
  return stdout;
}
const list = async <T>(...argv: string[]) => JSON.parse(await done([...argv, '--json'])) as T[];
const signIn = (login: string, password: string) =>
  fetch(`${kinora.url}/api/auth/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ login, password }),
  });

const register = (name: string, invite?: string) =>
  fetch(`${kinora.url}/api/auth/register`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username: name, email: `${name}@example.org`, password: PASSWORD, invite }),
  });

it('who waits is approved or declined', async () => {
  for (const name of ['yes', 'no']) expect((await register(name)).status).toBe(202);
  expect((await list<{ username: string }>('user', 'waiting')).map(({ username }) => username)).toEqual(['yes', 'no']);
  expect(await done(['user', 'approve', 'YES'])).toContain('can sign in');
  await done(['user', 'decline', 'no@example.org']);
  expect((await signIn('yes', PASSWORD)).status).toBe(200);
  expect((await signIn('no', PASSWORD)).status).toBe(403);
  expect(await run(['user', 'approve', 'no'])).toMatchObject({ code: 4 });
});

it('invites are made, listed and revoked', async () => {
  const link = await done(['user', 'invite', '--note', 'by hand', '--uses', '2']);
  expect((await register('friend', new URL(link.trim()).searchParams.get('invite')!)).status).toBe(201);
  const [invite] = await list<{ id: string; uses: number; note: string }>('user', 'invites');
  expect(invite).toMatchObject({ note: 'by hand', uses: 1 });
  await done(['user', 'revoke-invite', invite!.id]);
  expect((await register('late', new URL(link.trim()).searchParams.get('invite')!)).status).toBe(410);
});

it('somebody chooses a new password by a link, which is not in the log', async () => {
  const reset = await done(['user', 'reset-link', 'friend', '--hours', '2']);
  const answer = await fetch(`${kinora.url}/api/auth/reset`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ token: reset.trim().split('/').at(-1), password: 'quite another one' }),
  });
  expect(answer.status).toBe(200);
  expect((await signIn('friend', 'quite another one')).status).toBe(200);
  expect(kinora.output()).not.toContain(reset.trim().split('/').at(-1));
});

it('an account is disabled and enabled', async () => {
  await done(['user', 'disable', 'friend']);
  expect((await signIn('friend', 'quite another one')).status).toBe(403);
  expect(await done(['user', 'list'])).toMatch(/^friend +member +disabled /m);
  await done(['user', 'enable', 'friend']);
  expect((await signIn('friend', 'quite another one')).status).toBe(200);
});
