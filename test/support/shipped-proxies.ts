import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../scripts/bench/support/server.ts';
import { makeCertificate } from './certificates.ts';

/** The proxies' files of config/compose as they are shipped, in real proxies: only names of hosts, ports and files are others. */

export interface ShippedProxy {
  port: number;
  stop(): Promise<void>;
}

export interface Start {
  /** `host:port` of Kinora. */
  upstream: string;
  port: number;
  /** "" or the path that the files' comments show. */
  path: '' | '/films';
}

const shipped = (name: string) => readFileSync(join(import.meta.dirname, '../../config/compose', name), 'utf8');
/** Debian keeps servers where an ordinary user's PATH does not look. */
const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` };

/** Both of them, by name; null where the program is not installed. */
export const PROXIES = {
  nginx: isInstalled('nginx', '-v') ? startNginx : null,
  Caddy: isInstalled('caddy', 'version') ? startCaddy : null,
};

function isInstalled(program: string, ask: string): boolean {
  const found = spawnSync(program, [ask], { env }).status === 0;
  if (!found && process.env['CI']) throw new Error(`CI must have ${program}`);
  return found;
}

async function startNginx({ upstream, port, path }: Start): Promise<ShippedProxy> {
  const folder = mkdtempSync(join(tmpdir(), 'kinora-shipped-nginx-'));
  const { certificate, key } = makeCertificate(folder, 'proxy');
  const server = changed(shipped('nginx.conf'), [
    ['kinora:8383', upstream],
    ['listen 80;', `listen 127.0.0.1:${await freePort()};`],
    ['listen 443 ', `listen 127.0.0.1:${port} `],
    ['/etc/nginx/tls/fullchain.pem', certificate],
    ['/etc/nginx/tls/privkey.pem', key],
    // As the comment above it says.
    ...(path ? [['  location / {', /#( {3}location \/films\/ \{)/] as const] : []),
  ]);
  mkdirSync(join(folder, 'temporary'));
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${folder}/temporary/${kind};`)
    .join(' ');
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  const file = join(folder, 'nginx.conf');
  writeFileSync(
    file,
    `daemon off; ${user} pid ${folder}/pid; events {} http { access_log off; ${temporary}\n${server}\n}`,
  );
  return started(folder, port, spawn('nginx', ['-p', folder, '-e', 'stderr', '-c', file], { env }));
}

/** Caddy signs a certificate by itself for an address that is only known here. */
async function startCaddy({ upstream, port, path }: Start): Promise<ShippedProxy> {
  const folder = mkdtempSync(join(tmpdir(), 'kinora-shipped-caddy-'));
  const site = changed(shipped('Caddyfile'), [['reverse_proxy kinora:8383', `reverse_proxy ${upstream}`]]);
  const options = `{\n\tadmin off\n\tskip_install_trust\n\thttp_port ${await freePort()}\n\tstorage file_system ${folder}\n}\n`;
  const file = join(folder, 'Caddyfile');
  writeFileSync(file, options + (path ? underPath(site) : site));
  const own = {
    ...env,
    DOMAIN: `https://127.0.0.1:${port}`,
    XDG_CONFIG_HOME: folder,
    XDG_DATA_HOME: folder,
    HOME: folder,
  };
  return started(folder, port, spawn('caddy', ['run', '--config', file, '--adapter', 'caddyfile'], { env: own }));
}

/** What the comment says in place of what stands there. */
function underPath(site: string): string {
  const [without, instead] = site.split(/^\t# Under a path instead.*\n/m);
  if (!instead) throw new Error('the Caddyfile shows no path any more');
  return without!.replace(/^\treverse_proxy .*\n/m, '') + instead.replaceAll(/^\t# /gm, '\t');
}

/** Each of them has to be there. The second may be a pattern in the same text, whose group goes in. */
function changed(text: string, changes: readonly (readonly [string, string | RegExp])[]): string {
  return changes.reduce((before, [from, to]) => {
    const next = typeof to === 'string' ? to : (to.exec(before)?.[1] ?? from);
    if (!before.includes(from) || next === from) throw new Error(`the shipped file has no "${from}" to change`);
    return before.replaceAll(from, next);
  }, text);
}

async function started(folder: string, port: number, child: ChildProcess): Promise<ShippedProxy> {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream!.on('data', (chunk) => (output += chunk));
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`the proxy ended with ${child.exitCode}:\n${output}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { port, stop };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ host: '127.0.0.1', port, path: '/', rejectUnauthorized: false, agent: false });
    asked.once('response', (reply) => resolve(reply.resume().statusCode !== undefined));
    asked.once('error', () => resolve(false));
    asked.end();
  });
}
