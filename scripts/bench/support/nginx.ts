import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './server.ts';

/** A real nginx on a free port of the loopback. */
export interface Nginx {
  url: string;
  port: number;
  /** Its master, whose children the workers are. */
  pid: number;
  /** Its first line of `nginx -v`. */
  version: string;
  /** What it said so far: its error log. */
  output(): string;
  stop(): Promise<void>;
}

/** Debian keeps it where an ordinary user's PATH does not look. */
const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/local/sbin`;

/** What `nginx -v` says, or null where there is no nginx. */
export function nginxVersion(): string | null {
  const { status, stderr } = spawnSync('nginx', ['-v'], { env: { ...process.env, PATH } });
  return status === 0 ? stderr.toString().trim() : null;
}

/**
 * Starts nginx with one server, whose directives are given (`location / { ... }`). As many workers as there are cores,
 * `sendfile` and `tcp_nopush` on, no access log, connections kept. Throws where nginx is not installed, or refuses.
 */
export async function startNginx(directives: string): Promise<Nginx> {
  const version = nginxVersion();
  if (version === null) throw new Error('nginx is not installed. On Debian: apt-get install nginx');
  const folder = mkdtempSync(join(tmpdir(), 'kinora-nginx-'));
  const port = await freePort();
  writeFileSync(join(folder, 'nginx.conf'), configuration(folder, port, directives));
  mkdirSync(join(folder, 'temporary'));
  const command = ['-p', folder, '-e', 'stderr', '-c', join(folder, 'nginx.conf')];
  const child = spawn('nginx', command, { env: { ...process.env, PATH }, stdio: ['ignore', 'ignore', 'pipe'] });
  let output = '';
  child.stderr.on('data', (chunk) => (output += chunk));
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  while (!(await fetch(url).catch(() => null))) {
    if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}:\n${output}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return { url, port, pid: child.pid!, version, output: () => output, stop };
}

function configuration(folder: string, port: number, directives: string): string {
  // A master that root starts would give its workers to nobody, who may not read a test's folder.
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${folder}/temporary/${kind};`)
    .join('\n  ');
  return `daemon off;
${user}
worker_processes auto;
pid ${folder}/pid;
events { worker_connections 1024; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000000;
  ${temporary}
  types { video/iso.segment m4s; video/mp4 mp4; }
  server {
    listen 127.0.0.1:${port} backlog=1024;
    ${directives}
  }
}
`;
}
