import { existsSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { createApp } from '../app.ts';
import type { ProblemWire } from '../core/wire.ts';
import type { ConfigFlags } from '../platform/config/load.ts';
import { DataDirInUse, openDataDir } from '../platform/datadir.ts';
import { createLog } from '../platform/log.ts';
import { openStorage } from '../platform/storage/open.ts';
import {
  AS_HEADER,
  answerCommands,
  type ControlChannel,
  OPERATOR_HEADER,
  readControlChannel,
} from './control-channel.ts';
import { CommandFailure, EXIT } from './exit.ts';
import { loadedFor } from './options.ts';

/** The instance a command is about, by its API: of the server that runs, or of none but this process. */
export interface Instance {
  /** Whether a server runs, and so takes up at once what is asked for. */
  isServed: boolean;
  /** JSON in and out. Throws a `CommandFailure` with the problem's own sentence. */
  call<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** A request as it is; problems are thrown all the same. */
  raw(method: string, path: string, init?: RequestInit): Promise<Response>;
  /** The same, on behalf of an account. */
  as(username: string): Instance;
}

export interface InstanceOptions {
  /** The command means something only while a server runs. */
  needsServer?: string;
  /** The command may make a data folder that is not there yet. */
  mayCreate?: boolean;
}

type Send = (path: string, init: RequestInit) => Promise<Response>;

/** A server that starts, or another command, may hold the folder for a moment. */
const PATIENCE_MS = 10_000;

/**
 * Does something with the instance of a data folder. While a server runs, it is asked over its channel. Otherwise this
 * process locks the folder and answers its own requests, with nothing started in the background; what it has put in
 * the queue is done when the server starts.
 */
export async function withInstance<T>(
  flags: ConfigFlags,
  work: (instance: Instance) => Promise<T>,
  { needsServer, mayCreate = false }: InstanceOptions = {},
): Promise<T> {
  const loaded = loadedFor(flags);
  const folder = resolve(loaded.config.data.dir);
  if (!mayCreate && !existsSync(join(folder, 'kinora.db'))) {
    throw new CommandFailure(
      `There is no Kinora in ${folder}. Name its data folder with --data, or start Kinora there once.`,
      needsServer ? EXIT.notRunning : EXIT.failed,
    );
  }
  const endMs = Date.now() + PATIENCE_MS;
  for (;;) {
    const channel = channelOf(folder);
    const dataDir = lockUnlessServed(folder);
    if (dataDir === null) {
      if (channel && (await isListening(channel))) return work(instanceOver(overChannel(channel), true));
      if (Date.now() > endMs) throw notReachable(folder, channel);
      await new Promise((done) => setTimeout(done, 200));
      continue;
    }
    if (needsServer) {
      dataDir.close();
      throw new CommandFailure(`Kinora does not run on ${folder}. ${needsServer}`, EXIT.notRunning);
    }
    const log = createLog({ level: 'warn', json: false });
    const { config } = loaded;
    const storage = await openStorage({ settings: config.storage, folder: dataDir.path, log }).catch((error) => {
      dataDir.close();
      throw error;
    });
    const running = createApp({ config, configSource: loaded, dataDir, storage, log });
    try {
      const answer = answerCommands(running);
      return await work(instanceOver((path, init) => answer(new Request(`http://localhost${path}`, init)), false));
    } finally {
      await running.stop();
    }
  }
}

/** Null while another process has the folder. */
function lockUnlessServed(folder: string): ReturnType<typeof openDataDir> | null {
  try {
    refuseForeignRoot(folder);
    return openDataDir(folder);
  } catch (error) {
    if (error instanceof DataDirInUse) return null;
    throw error;
  }
}

/** Files that root makes in somebody else's folder are what the server cannot open at its next start. */
export function refuseForeignRoot(folder: string): void {
  if (process.getuid?.() !== 0 || !existsSync(folder)) return;
  const { uid } = statSync(folder);
  if (uid === 0 || readControlChannel(folder)) return;
  throw new CommandFailure(
    `${folder} belongs to user ${uid}, and Kinora does not run: what root writes there it could not open. ` +
      `Run this command as that user (setpriv --reuid ${uid} --clear-groups, or sudo -u), or start Kinora first.`,
  );
}

function channelOf(folder: string): ControlChannel | null {
  try {
    return readControlChannel(folder);
  } catch (error) {
    const who = process.getuid ? ` (user ${statSync(folder).uid})` : '';
    throw new CommandFailure(
      `Only the user that runs Kinora${who} may command it: ${join(folder, 'kinora.channel')} cannot be read. Run this command as that user.`,
      EXIT.notRunning,
      { cause: error },
    );
  }
}

function notReachable(folder: string, channel: ControlChannel | null): CommandFailure {
  const reason = channel
    ? 'It runs where this command cannot reach it, such as in a container: run the command there (docker exec).'
    : 'Another command or a start is under way there: try again when it is done.';
  return new CommandFailure(`${folder} is in use, but Kinora cannot be reached. ${reason}`, EXIT.notRunning);
}

const isListening = (channel: ControlChannel) =>
  overChannel(channel)('/readyz', { method: 'GET' }).then(
    ({ status }) => status !== 401,
    () => false,
  );

function overChannel({ port, token }: ControlChannel): Send {
  return (path, init) => {
    const headers = new Headers(init.headers);
    headers.set('Authorization', `Bearer ${token}`);
    return fetch(`http://127.0.0.1:${port}${path}`, { ...init, headers, redirect: 'manual' });
  };
}

function instanceOver(send: Send, isServed: boolean, as?: string): Instance {
  const raw: Instance['raw'] = async (method, path, init = {}) => {
    const headers = new Headers(init.headers);
    headers.set(OPERATOR_HEADER, encodeURIComponent(operatorName()));
    if (as !== undefined) headers.set(AS_HEADER, encodeURIComponent(as));
    const response = await send(path, { ...init, method, headers }).catch((error) => {
      throw new CommandFailure('Kinora stopped answering. See its log.', EXIT.notRunning, { cause: error });
    });
    if (!response.ok) throw await failureOf(response);
    return response;
  };
  return {
    isServed,
    raw,
    async call(method, path, body) {
      const json = { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } };
      const response = await raw(method, path, body === undefined ? {} : json);
      const text = await response.text();
      return (text === '' ? undefined : JSON.parse(text)) as never;
    },
    as: (username) => instanceOver(send, isServed, username),
  };
}

async function failureOf(response: Response): Promise<CommandFailure> {
  const text = await response.text();
  const codes: Record<number, number> = { 404: EXIT.notFound, 422: EXIT.usage, 401: EXIT.notRunning };
  try {
    return new CommandFailure((JSON.parse(text) as ProblemWire).detail, codes[response.status] ?? EXIT.failed);
  } catch {
    return new CommandFailure(`Kinora answered ${response.status}: ${text.slice(0, 200)}`);
  }
}

/** Who types a command: the name of the person at the system. */
export function operatorName(): string {
  try {
    return process.env['SUDO_USER'] || userInfo().username;
  } catch {
    // A user id without an entry in /etc/passwd, as in containers.
    return `user ${process.getuid?.() ?? '?'}`;
  }
}
