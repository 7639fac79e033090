import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TlsFiles } from '../../src/platform/tls.ts';
import { freePort } from './process.ts';

/** A real Redis on a free port of the loopback, in a folder of its own, that keeps nothing beyond its end. */
export interface TestRedis {
  url: string;
  /** Ends it as a power cut would; what it held is gone. */
  kill(): Promise<void>;
  /** Starts it again on the same port, empty. */
  start(): Promise<void>;
  close(): Promise<void>;
}

/** `tls`: it listens by TLS alone, with this certificate. */
export async function startRedis(more: string[] = [], tls?: TlsFiles): Promise<TestRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'kinora-redis-'));
  const port = await freePort();
  const listen = tls
    ? ['--port', '0', '--tls-port', String(port), '--tls-cert-file', tls.certificate, '--tls-key-file', tls.key]
    : ['--port', String(port)];
  // It wants one for the certificates of its clients, also where they need none.
  if (tls) listen.push('--tls-ca-cert-file', tls.certificate);
  let child: ChildProcess | null = null;

  async function start(): Promise<void> {
    const argv = [...listen, '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'];
    const started = spawn('redis-server', [...argv, ...more], { stdio: 'ignore' });
    let failure: Error | null = null;
    started.once('error', (error) => (failure = error));
    child = started;
    while (!(await accepts(port))) {
      if (failure || started.exitCode !== null) throw failure ?? new Error(`redis-server ended: ${started.exitCode}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async function kill(): Promise<void> {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child!.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  await start();
  return {
    url: `${tls ? 'rediss' : 'redis'}://127.0.0.1:${port}`,
    start,
    kill,
    async close() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.end();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
