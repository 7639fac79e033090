import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { get as getPlain } from 'node:http';
import { get as getSecure } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The real process, as an admin starts it: the built server under `npm test`, the sources when Vitest is run by itself.
 * `KINORA_TEST_BINARY` names the single binary to start in its place, as on a machine without Node and ffmpeg.
 */
export interface KinoraProcess {
  url: string;
  pid: number;
  output(): string;
  /** Ends it and waits for its end; returns the exit code, or null after a signal. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** What Node runs for the program itself. */
export const MAIN = `${ROOT}${process.env['KINORA_TEST_BUILT'] ? 'dist/server/main.js' : 'src/main.ts'}`;

export async function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** Starts Kinora on a data folder and resolves when it answers. */
export async function startKinora(
  dataFolder: string,
  env: Record<string, string> = {},
  port?: number,
): Promise<KinoraProcess> {
  const chosen = port ?? (await freePort());
  const scheme = env['KINORA_HTTP_TLS_CERTIFICATE'] ? 'https' : 'http';
  const url = `${scheme}://127.0.0.1:${chosen}`;
  const [command, ...first] = ownArgv();
  const argv = [...first, 'serve', '--data', dataFolder, '--port', String(chosen), '--host', '127.0.0.1'];
  const surroundings = process.env['KINORA_TEST_BINARY'] ? bareMachine() : { env: process.env };
  const child = spawn(command!, argv, {
    ...surroundings,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...surroundings.env, ...env },
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  await answering(url, child, () => output);
  return {
    url,
    pid: child.pid!,
    output: () => output,
    end(signal) {
      child.kill(signal);
      return ended;
    },
  };
}

let bare: { cwd: string; env: NodeJS.ProcessEnv } | null = null;

/** What the single binary finds on a machine that has neither Node nor ffmpeg: an empty folder and a home, the same for all starts. */
export function bareMachine(): { cwd: string; env: NodeJS.ProcessEnv } {
  if (bare) return bare;
  const folder = mkdtempSync(join(tmpdir(), 'kinora-bare-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const [cwd, home] = [join(folder, 'empty'), join(folder, 'home')];
  for (const path of [cwd, home]) mkdirSync(path);
  bare = { cwd, env: { HOME: home, PATH: join(folder, 'nothing') } };
  return bare;
}

/** How the program under test is started, without arguments. */
export function ownArgv(): string[] {
  const binary = process.env['KINORA_TEST_BINARY'];
  return binary ? [binary] : [process.execPath, MAIN];
}

async function answering(url: string, child: ChildProcess, output: () => string): Promise<void> {
  const endMs = Date.now() + 30_000;
  while (Date.now() < endMs) {
    if (child.exitCode !== null) throw new Error(`Kinora ended with ${child.exitCode}:\n${output()}`);
    if (await isReady(url)) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  child.kill('SIGKILL');
  throw new Error(`Kinora did not answer in time:\n${output()}`);
}

/** Whoever has signed its certificate: in tests it is always Kinora itself. */
function isReady(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const options = { rejectUnauthorized: false, agent: false as const };
    const get = url.startsWith('https:') ? getSecure : getPlain;
    const asked = get(`${url}/readyz`, options, (reply) => {
      reply.resume();
      resolve(reply.statusCode === 200);
    });
    asked.once('error', () => resolve(false));
  });
}
