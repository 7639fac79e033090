import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { createServer } from 'node:net';
import { freemem, tmpdir } from 'node:os';
import { join } from 'node:path';
import { onCore } from './cores.ts';

const MAIN = join(import.meta.dirname, '../../../dist/server/main.js');
const SETUP_TOKEN = 'a-token-for-benchmarks-only-0123456789';
const ADMIN = { username: 'bench', email: 'bench@example.org', password: 'not-a-secret-at-all' };
/** Linux' folder in memory. */
const MEMORY = '/dev/shm';
const START_LIMIT_MS = 20_000;
const STOP_LIMIT_MS = 10_000;

/** A running server process: Kinora, or a peer. */
export interface Server {
  origin: string;
  pid: number;
  /** performance.now() just before it was spawned. */
  startedAt: number;
  hasEnded(): boolean;
  /** What it said so far, for error messages. */
  output(): string;
  stop(): Promise<void>;
}

/** A folder that `using` removes. In memory, where so many bytes are asked for and there is room for twice as many. */
export function temporaryFolder(bytesInMemory = 0): { path: string; inMemory: boolean } & Disposable {
  const inMemory = bytesInMemory > 0 && hasMemoryFor(bytesInMemory);
  const path = mkdtempSync(join(inMemory ? MEMORY : tmpdir(), 'kinora-bench-data-'));
  const remove = () => rmSync(path, { recursive: true, force: true });
  // Ctrl-C in the middle shall not leave gigabytes in memory.
  process.once('exit', remove);
  const dispose = () => {
    process.off('exit', remove);
    remove();
  };
  return { path, inMemory, [Symbol.dispose]: dispose };
}

/**
 * Starts the real server on a free port, held to one core where one is named. Does not wait for it: `firstAnswer` does.
 */
export async function startKinora(
  dataDir: string,
  env: Record<string, string> = {},
  core: number | null = null,
): Promise<Server> {
  return startProgram([process.execPath, MAIN], dataDir, env, core);
}

/** Starts the single binary of that path in the same way, with the folder it unpacks to. */
export async function startBinary(path: string, dataDir: string, cacheDir: string): Promise<Server> {
  return startProgram([path], dataDir, { KINORA_CACHE_DIR: cacheDir }, null);
}

async function startProgram(
  [program, ...first]: [string, ...string[]],
  dataDir: string,
  env: Record<string, string>,
  core: number | null,
): Promise<Server> {
  const port = await freePort();
  const args = [...first, 'serve', '--data', dataDir, '--port', String(port), '--host', '127.0.0.1'];
  return startServer([program, ...args], port, { KINORA_SETUP_TOKEN: SETUP_TOKEN, ...env }, core);
}

/** The least that Node can do: the peer for start and memory. */
export async function startBareNode(): Promise<Server> {
  const port = await freePort();
  const script = `require('node:http').createServer((_, reply) => reply.end('ok')).listen(${port}, '127.0.0.1')`;
  return startServer([process.execPath, '-e', script], port, {});
}

function hasMemoryFor(bytes: number): boolean {
  if (!existsSync(MEMORY)) return false;
  const { bavail, bsize } = statfsSync(MEMORY);
  return Math.min(bavail * bsize, freemem()) > 2 * bytes;
}

function startServer(
  [program, ...args]: [string, ...string[]],
  port: number,
  env: Record<string, string>,
  core: number | null = null,
): Server {
  const startedAt = performance.now();
  // taskset becomes the server: the process id stays.
  const child = spawn(...onCore(core, program, args), {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-8000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const stop = async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
    await ended;
    clearTimeout(timer);
  };
  return { origin: `http://127.0.0.1:${port}`, pid: child.pid ?? 0, startedAt, hasEnded, output: () => output, stop };
}

/** Asks until the path is answered with 200. Returns the milliseconds since the spawn. */
export async function firstAnswer(server: Server, path = '/healthz'): Promise<number> {
  while (!server.hasEnded() && performance.now() - server.startedAt < START_LIMIT_MS) {
    try {
      const reply = await fetch(server.origin + path);
      await reply.arrayBuffer();
      if (reply.status === 200) return performance.now() - server.startedAt;
    } catch {
      // Not listening yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
  await server.stop();
  throw new Error(`${path} was not answered. The server said:\n${server.output()}`);
}

/** Resident memory in MB, from Linux' /proc: all of it, and what of it is not the pages of files, which the kernel can take back. */
export function residentMb(pid: number): { all: number; anonymous: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const mb = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024;
  return { all: mb('VmRSS'), anonymous: mb('RssAnon') };
}

/** Makes the first admin and returns the headers that sign requests in. */
export async function signInAsFirst(origin: string): Promise<Record<string, string>> {
  return signedIn(await postJson(`${origin}/api/setup`, { ...ADMIN, token: SETUP_TOKEN }));
}

export async function signIn(origin: string): Promise<Record<string, string>> {
  return signedIn(await postJson(`${origin}/api/auth/login`, { login: ADMIN.username, password: ADMIN.password }));
}

function signedIn(session: unknown): Record<string, string> {
  return { authorization: `Bearer ${(session as { token: string }).token}` };
}

/** Posts JSON and returns the reply's; anything but success throws with what the server said. */
export async function postJson(url: string, body: unknown, headers: Record<string, string> = {}): Promise<unknown> {
  const reply = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const text = await reply.text();
  if (!reply.ok) throw new Error(`POST ${url} was answered with ${reply.status}: ${text}`);
  return JSON.parse(text);
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
