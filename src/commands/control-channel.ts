import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { serve as listen } from '@hono/node-server';
import type { RunningApp } from '../app.ts';
import { findUserByLogin, viewerUser } from '../features/accounts/queries.ts';
import { COMMAND_LINE, type Viewer, type ViewerUser } from '../features/accounts/viewer.ts';
import { GIVEN_VIEWER } from '../http/viewer.ts';

/**
 * How commands reach a running server: its own API on a port of the loopback, for whoever can read `kinora.channel` in
 * the data folder (mode 0600). The file holds the port and a token that is made anew at each start. One process writes
 * the database; a command asks it.
 */

const COMMAND_LINE_ADMIN: ViewerUser = {
  ...COMMAND_LINE,
  email: '',
  role: 'admin',
  createdAtMs: 0,
};

/** On behalf of whom a command asks: the name of an account. */
export const AS_HEADER = 'X-Kinora-As';
/** The name of the person at the system, for the log. */
export const OPERATOR_HEADER = 'X-Kinora-Operator';

export interface ControlChannel {
  port: number;
  token: string;
}

export type CommandFetch = (request: Request, env?: object) => Promise<Response>;

/** Answers commands with admin rights, or as the account they name; those that change something are logged. */
export function answerCommands({ app, router }: Pick<RunningApp, 'app' | 'router'>): CommandFetch {
  return async (request, env = {}) => {
    const as = request.headers.get(AS_HEADER);
    const user = as === null ? COMMAND_LINE_ADMIN : accountNamed(app, decodeURIComponent(as));
    if (!user) return refusal(404, 'user-not-found', `There is no account "${decodeURIComponent(as!)}".`);
    const viewer: Viewer = { user, sessionHash: null };
    const response = await router.fetch(request, { ...env, [GIVEN_VIEWER]: viewer });
    const path = new URL(request.url).pathname;
    // Of an upload its beginning and end are worth a line, not each of its parts.
    if (request.method !== 'GET' && !path.startsWith('/api/uploads/')) {
      const operator = decodeURIComponent(request.headers.get(OPERATOR_HEADER) ?? 'unknown');
      const act = { method: request.method, path, status: response.status, as: user.username, operator };
      app.log.info(act, 'By the command line.');
    }
    return response;
  };
}

/** An account whose name is used by an admin: what it may not do by itself, such as uploading, is allowed. */
function accountNamed({ db }: RunningApp['app'], login: string): ViewerUser | null {
  const account = findUserByLogin(db.orm, login);
  return account ? { ...viewerUser(account), role: 'admin' } : null;
}

/** Opens the channel beside a server that runs; `close` takes it away again. */
export async function openControlChannel(dataFolder: string, running: RunningApp): Promise<{ close(): void }> {
  const token = randomBytes(32).toString('base64url');
  const answer = answerCommands(running);
  const fetch = async (request: Request, env: unknown) =>
    isRight(request.headers.get('authorization'), token)
      ? answer(request, env as object)
      : refusal(401, 'not-signed-in', 'This port is for the commands of this server alone.');
  const options = { requestTimeout: 0, headersTimeout: 60_000 };
  const server = listen({ fetch, hostname: '127.0.0.1', port: 0, serverOptions: options }) as Server;
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve);
    server.once('error', reject);
  });
  const path = controlChannelPath(dataFolder);
  // Never through a link, nor into a file that others may read.
  rmSync(path, { force: true });
  const channel: ControlChannel = { port: (server.address() as AddressInfo).port, token };
  writeFileSync(path, `${JSON.stringify(channel)}\n`, { mode: 0o600, flag: 'wx' });
  return {
    close() {
      rmSync(path, { force: true });
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Null where there is none: then no server runs here, or it starts only now. */
export function readControlChannel(dataFolder: string): ControlChannel | null {
  try {
    return JSON.parse(readFileSync(controlChannelPath(dataFolder), 'utf8')) as ControlChannel;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') throw error;
    return null;
  }
}

function controlChannelPath(dataFolder: string): string {
  return join(dataFolder, 'kinora.channel');
}

function isRight(authorization: string | null, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(authorization ?? ''), digest(`Bearer ${token}`));
}

function refusal(status: number, type: string, detail: string): Response {
  const body = JSON.stringify({ type, title: 'Refused', status, detail });
  return new Response(body, { status, headers: { 'Content-Type': 'application/problem+json; charset=utf-8' } });
}
