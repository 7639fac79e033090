import { Argument, type Command, Option } from 'commander';
import type { Page } from '../core/wire.ts';
import { Role } from '../features/accounts/api.ts';
import type { AccountWire, AddAccountBody } from '../features/accounts/users.api.ts';
import type { ConfigFlags } from '../platform/config/load.ts';
import { withInstance } from './instance.ts';
import { examples, instanceOptions } from './options.ts';
import { readPassword } from './password.ts';
import { type Column, dateText, printList, say } from './print.ts';
import { invitationCommands } from './user-invitations.ts';
import { withUser } from './user-named.ts';

/** `kinora user ...`: other people's accounts. */

interface Reply {
  account: AccountWire;
}

const COLUMNS: Column<AccountWire>[] = [
  { title: 'NAME', of: ({ username }) => username },
  { title: 'ROLE', of: ({ role }) => role },
  { title: 'STATE', of: stateOf },
  { title: 'E-MAIL', of: ({ email }) => email },
  { title: 'SESSIONS', of: ({ sessions }) => sessions, align: 'right' },
  { title: 'SINCE', of: ({ createdAtMs }) => dateText(createdAtMs) },
];

function stateOf({ disabledAtMs, removedAtMs }: AccountWire): string {
  if (removedAtMs !== null) return 'removed';
  return disabledAtMs === null ? 'active' : 'disabled';
}

async function listUsers({ json, removed, ...flags }: ConfigFlags & { json?: boolean; removed?: boolean }) {
  const items = await withInstance(flags, async (instance) => {
    const all: AccountWire[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query = new URLSearchParams({ limit: '100', removed: String(removed ?? false), ...(cursor && { cursor }) });
      const page: Page<AccountWire> = await instance.call('GET', `/api/users?${query}`);
      all.push(...page.items);
      cursor = page.nextCursor;
    }
    return all;
  });
  printList(items, COLUMNS, { json, empty: removed ? 'No account has been removed.' : 'There are no accounts yet.' });
}

/** Also before the first start: it makes the data folder then. */
async function addUser(
  username: string,
  { admin, role, email, ...flags }: ConfigFlags & { admin?: boolean; role?: AccountWire['role']; email?: string },
): Promise<void> {
  const address = email ?? `${username.toLowerCase()}@localhost.localdomain`;
  const password = await readPassword();
  const wanted = admin ? 'admin' : (role ?? 'member');
  const account = { username, email: address, password, role: wanted };
  await withInstance(flags, (instance) => instance.call('POST', '/api/users', account satisfies AddAccount), {
    mayCreate: true,
  });
  say(`Added ${username}${wanted === 'member' ? '' : ` as ${wanted === 'admin' ? 'an admin' : 'a moderator'}`}.`);
}

type AddAccount = import('zod').input<typeof AddAccountBody>;

async function removeUser(name: string, flags: ConfigFlags): Promise<void> {
  await withUser(flags, name, (instance, { id }) => instance.call('DELETE', `/api/users/${id}`));
  say(`Removed ${name}. Its videos stay; "kinora user restore ${name}" brings it back.`);
}

async function restoreUser(name: string, flags: ConfigFlags): Promise<void> {
  await withUser(flags, name, (instance, { id }) => instance.call('POST', `/api/users/${id}/restore`), true);
  say(`${name} can sign in again.`);
}

async function setRole(name: string, role: AccountWire['role'], flags: ConfigFlags): Promise<void> {
  const { account } = await withUser(flags, name, (instance, { id }) =>
    instance.call<Reply>('PATCH', `/api/users/${id}`, { role }),
  );
  say(`${account.username} is ${account.role === 'admin' ? 'an' : 'a'} ${account.role}.`);
}

/** Nobody is let in with it, or everybody who may be again. */
async function setDisabled(name: string, disabled: boolean, flags: ConfigFlags): Promise<void> {
  await withUser(flags, name, (instance, { id }) => instance.call('PATCH', `/api/users/${id}`, { disabled }));
  say(disabled ? `${name} is disabled, and has been signed out everywhere.` : `${name} can sign in again.`);
}

async function setPassword(name: string, flags: ConfigFlags): Promise<void> {
  const password = await readPassword();
  await withUser(flags, name, (instance, { id }) => instance.call('PATCH', `/api/users/${id}`, { password }));
  say(`${name} has a new password, and has been signed out everywhere.`);
}

async function endSessions(name: string, flags: ConfigFlags): Promise<void> {
  const { ended } = await withUser(flags, name, (instance, { id }) =>
    instance.call<{ ended: number }>('DELETE', `/api/users/${id}/sessions`),
  );
  say(ended === 1 ? `Ended one session of ${name}.` : `Ended ${ended} sessions of ${name}.`);
}

export function userCommands(program: Command): void {
  const user = program
    .command('user')
    .description('accounts: list, add, invite, approve, remove, roles, passwords, sessions');
  const command = (usage: string, description: string, ...lines: string[]) =>
    examples(user.command(usage).description(description), lines);

  instanceOptions(
    command('list', 'list accounts by name', 'user list', 'user list --removed --json')
      .option('--removed', 'those that have been removed')
      .option('--json', 'as JSON, for programs'),
  ).action(listUsers);
  instanceOptions(
    command(
      'add <name>',
      'add an account; the password is asked for, or read from standard input',
      'user add ada --admin',
      'user add grace --email grace@example.org < password.txt',
    )
      .option('--admin', 'make it an admin: the same as --role admin')
      .addOption(new Option('--role <role>', 'what it may do').choices(Role.options))
      .option('--email <address>', 'its e-mail address'),
  ).action(addUser);
  instanceOptions(
    command('remove <name>', 'remove an account: it cannot sign in, and can be restored', 'user remove grace'),
  ).action(removeUser);
  instanceOptions(command('restore <name>', 'bring a removed account back', 'user restore grace')).action(restoreUser);
  instanceOptions(
    command('disable <name>', 'let nobody in with an account; it is signed out everywhere', 'user disable grace'),
  ).action((name: string, flags: ConfigFlags) => setDisabled(name, true, flags));
  instanceOptions(command('enable <name>', 'let a disabled account in again', 'user enable grace')).action(
    (name: string, flags: ConfigFlags) => setDisabled(name, false, flags),
  );
  instanceOptions(
    command('role <name>', 'change what an account may do', 'user role grace moderator').addArgument(
      new Argument('<role>', 'what it may do').choices(Role.options),
    ),
  ).action(setRole);
  instanceOptions(
    command(
      'password <name>',
      'set a new password, asked for or read from standard input; it is signed out everywhere',
      'user password ada',
    ),
  ).action(setPassword);
  invitationCommands(user);
  const sessions = user.command('sessions').description('where an account is signed in');
  instanceOptions(
    examples(sessions.command('end <name>').description('sign an account out everywhere'), ['user sessions end ada']),
  ).action(endSessions);
}
