import type { Command } from 'commander';
import type { z } from 'zod';
import type { Page } from '../core/wire.ts';
import type { InviteWire, MadeInvite, MakeInviteBody } from '../features/accounts/invites.api.ts';
import type { RegistrationPage, RegistrationWire } from '../features/accounts/registrations.api.ts';
import type { MadeResetLink } from '../features/accounts/users.api.ts';
import type { ConfigFlags } from '../platform/config/load.ts';
import { notThere } from './exit.ts';
import { type Instance, withInstance } from './instance.ts';
import { examples, instanceOptions, loadedFor, wholeNumber } from './options.ts';
import { type Column, dateText, printList, say } from './print.ts';
import { withUser } from './user-named.ts';

/** `kinora user ...`: how people come in, and back in. */

interface InviteFlags extends ConfigFlags {
  note?: string;
  uses?: number;
  days?: number;
  anyNumber?: boolean;
  forEver?: boolean;
}

async function makeInvite({ note, uses, days, anyNumber, forEver, ...flags }: InviteFlags): Promise<void> {
  const body: z.input<typeof MakeInviteBody> = {
    ...(note !== undefined && { note }),
    ...(anyNumber ? { maxUses: null } : uses !== undefined && { maxUses: uses }),
    ...(forEver ? { days: null } : days !== undefined && { days }),
  };
  const { link } = await withInstance(flags, (instance) =>
    instance.call<z.infer<typeof MadeInvite>>('POST', '/api/invites', body),
  );
  sayLink(flags, link);
}

const INVITES: Column<InviteWire>[] = [
  { title: 'ID', of: ({ id }) => id },
  { title: 'NOTE', of: ({ note }) => note },
  { title: 'STATE', of: ({ state }) => state },
  { title: 'USED', of: ({ uses, maxUses }) => (maxUses === null ? uses : `${uses} of ${maxUses}`), align: 'right' },
  { title: 'UNTIL', of: ({ expiresAtMs }) => dateText(expiresAtMs) },
  { title: 'BY', of: ({ createdBy }) => createdBy },
];

async function listInvites({ json, ...flags }: ConfigFlags & { json?: boolean }): Promise<void> {
  const items = await withInstance(flags, (instance) => everyPage<InviteWire>(instance, '/api/invites'));
  printList(items, INVITES, { json, empty: 'No invite has been made.' });
}

async function revokeInvite(id: string, flags: ConfigFlags): Promise<void> {
  await withInstance(flags, (instance) => instance.call('DELETE', `/api/invites/${encodeURIComponent(id)}`));
  say('Nobody comes by this invite any more.');
}

const WAITING: Column<RegistrationWire>[] = [
  { title: 'NAME', of: ({ username }) => username },
  { title: 'E-MAIL', of: ({ email }) => email },
  { title: 'SINCE', of: ({ createdAtMs }) => dateText(createdAtMs) },
];

async function listWaiting({ json, ...flags }: ConfigFlags & { json?: boolean }): Promise<void> {
  const items = await withInstance(flags, allWaiting);
  printList(items, WAITING, { json, empty: 'Nobody waits for an account.' });
}

async function approve(name: string, flags: ConfigFlags): Promise<void> {
  await withWaiting(flags, name, (instance, { id }) => instance.call('POST', `/api/registrations/${id}/approve`));
  say(`${name} can sign in now.`);
}

async function decline(name: string, flags: ConfigFlags): Promise<void> {
  await withWaiting(flags, name, (instance, { id }) => instance.call('POST', `/api/registrations/${id}/decline`));
  say(`${name} has been declined, and is told when signing in.`);
}

async function makeResetLink(name: string, { hours, ...flags }: ConfigFlags & { hours?: number }): Promise<void> {
  const made = await withUser(flags, name, (instance, { id }) =>
    instance.call<z.infer<typeof MadeResetLink>>(
      'POST',
      `/api/users/${id}/reset-link`,
      hours === undefined ? {} : { hours },
    ),
  );
  sayLink(flags, made.link);
}

/** Alone on standard output, so that it can be piped on. */
function sayLink(flags: ConfigFlags, link: string): void {
  if (!link.startsWith('/')) {
    say(link);
    return;
  }
  const { http } = loadedFor(flags).config;
  say(`${http.tls.certificate ? 'https' : 'http'}://localhost:${http.port}${link}`);
  process.stderr.write('http.baseUrl is not set: put the address people reach this server by in place of localhost.\n');
}

const allWaiting = (instance: Instance) => everyPage<RegistrationWire>(instance, '/api/registrations');

/** By username or e-mail address, in any case. */
function withWaiting(
  flags: ConfigFlags,
  name: string,
  work: (instance: Instance, person: RegistrationWire) => Promise<unknown>,
): Promise<unknown> {
  return withInstance(flags, async (instance) => {
    const same = (login: string) => login.toLowerCase() === name.toLowerCase();
    const found = (await allWaiting(instance)).find(({ username, email }) => same(username) || same(email));
    if (!found) throw notThere(`Nobody waits by the name "${name}". "kinora user waiting" lists who does.`);
    return work(instance, found);
  });
}

async function everyPage<T>(instance: Instance, path: string): Promise<T[]> {
  const all: T[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query = new URLSearchParams({ limit: '100', ...(cursor && { cursor }) });
    const page: Page<T> | RegistrationPage = await instance.call('GET', `${path}?${query}`);
    all.push(...(page.items as T[]));
    cursor = page.nextCursor;
  }
  return all;
}

export function invitationCommands(user: Command): void {
  const command = (usage: string, description: string, ...lines: string[]) =>
    examples(user.command(usage).description(description), lines);

  instanceOptions(
    command(
      'invite',
      'make a link by which people register, for one person and a week unless you say otherwise',
      'user invite --note "for Grace"',
      'user invite --uses 20 --days 30',
    )
      .option('--note <text>', 'for whom it is; admins see it')
      .option('--uses <n>', 'for how many people', wholeNumber(1, 10_000))
      .option('--any-number', 'for as many as come')
      .option('--days <n>', 'how long it holds', wholeNumber(1, 3650))
      .option('--for-ever', 'until it is revoked'),
  ).action(makeInvite);
  instanceOptions(
    command('invites', 'list invites, the newest first', 'user invites').option('--json', 'as JSON, for programs'),
  ).action(listInvites);
  instanceOptions(
    command(
      'revoke-invite <id>',
      'end an invite; "kinora user invites" has the ids',
      'user revoke-invite Kq3vXw8ZtRb2Np',
    ),
  ).action(revokeInvite);
  instanceOptions(
    command('waiting', 'list who waits for an account, who has waited longest first', 'user waiting').option(
      '--json',
      'as JSON, for programs',
    ),
  ).action(listWaiting);
  instanceOptions(command('approve <name>', 'let somebody in who waits', 'user approve grace')).action(approve);
  instanceOptions(
    command('decline <name>', 'do not let somebody in who waits; the name is free again', 'user decline eve'),
  ).action(decline);
  instanceOptions(
    command(
      'reset-link <name>',
      'make a link by which somebody chooses a new password, once',
      'user reset-link grace',
      'user reset-link grace --hours 2',
    ).option('--hours <n>', 'how long it holds: 24 unless you say otherwise', wholeNumber(1, 168)),
  ).action(makeResetLink);
}
