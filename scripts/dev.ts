/**
 * `npm run dev`: the server, started again when its sources change, and Vite's development server in front of it, with
 * their lines side by side. Arguments go to the server: `npm run dev -- --port 9000`. Ctrl-C stops both.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = join(import.meta.dirname, '..');
/** How long the server may take to close its connections and its ffmpeg. */
const GRACE_MS = 5000;

const args = process.argv.slice(2);
const server = ['--watch', '--watch-preserve-output', join(ROOT, 'src/main.ts'), 'serve', ...args];
const vite = [join(ROOT, 'node_modules/vite/bin/vite.js'), '--clearScreen', 'false'];

const children: ChildProcess[] = [start('server', server)];
if (existsSync(join(ROOT, 'web/index.html'))) children.push(start('web', vite));
let ending = false;

/** Where Vite finds the server: the port of the arguments, else of the environment, else what vite.config.ts says. */
function target(): Record<string, string> {
  const at = args.findIndex((arg) => arg === '--port' || arg.startsWith('--port='));
  const named = at < 0 ? undefined : args[at]?.startsWith('--port=') ? args[at].slice(7) : args[at + 1];
  const port = named ?? process.env['KINORA_HTTP_PORT'];
  return port ? { KINORA_DEV_TARGET: `http://127.0.0.1:${port}` } : {};
}

function start(name: string, argv: string[]): ChildProcess {
  const env = { ...target(), ...process.env };
  const child = spawn(process.execPath, argv, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => console.log(`${name.padEnd(6)} | ${line}`));
  }
  child.on('exit', () => stop());
  return child;
}

/** Ends both when one of them has ended or somebody asked for it. */
function stop(): void {
  if (ending) return;
  ending = true;
  for (const child of children) child.kill('SIGTERM');
  setTimeout(() => {
    for (const child of children) child.kill('SIGKILL');
  }, GRACE_MS).unref();
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
