import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Target } from './targets.ts';

const ROOT = join(import.meta.dirname, '..', '..');
export const CACHE = join(ROOT, 'node_modules/.cache/kinora-binary');

interface Lockfile {
  packages: Record<string, { version: string; integrity?: string }>;
}

const locks = ['.', 'tools/node'].map(
  (folder) => JSON.parse(readFileSync(join(ROOT, folder, 'package-lock.json'), 'utf8')) as Lockfile,
);

function locked(name: string): { version: string; integrity?: string } {
  const found = locks.map(({ packages }) => packages[`node_modules/${name}`]).find((entry) => entry !== undefined);
  if (!found) throw new Error(`No lockfile has ${name}.`);
  return found;
}

/** The version that the lockfiles have of a package. */
export const versionOf = (name: string): string => locked(name).version;

/**
 * Gets the packages of a target that npm leaves out on this machine, in the versions and with the content that the lockfiles
 * have. Returns the folder they are in.
 */
export async function packagesFor(name: string, { os, cpu, node, sharp }: Target): Promise<string> {
  return install(
    name,
    [node.name, ...sharp],
    [`--os=${os}`, `--cpu=${cpu}`, ...(os === 'linux' ? ['--libc=glibc'] : [])],
  );
}

/** A Node for this machine of that version, for a target whose Node is another: only the same version can read its blob. */
export async function hostNode(name: string, version: string): Promise<string> {
  if (process.versions.node === version) return process.execPath;
  const folder = await install(`host-${version}`, [`${name}@${version}`], []);
  return join(folder, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

async function install(name: string, packages: string[], options: string[]): Promise<string> {
  const specs = packages.map((spec) => (/.@/.test(spec) ? spec : `${spec}@${versionOf(spec)}`));
  const folder = join(CACHE, name);
  const stamp = join(folder, '.installed');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === specs.join(' ')) return folder;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  await npm(folder, ['install', '--force', ...options, ...specs]);
  checkContent(folder, specs);
  writeFileSync(stamp, specs.join(' '));
  return folder;
}

/** Runs npm in a folder of its own, whatever npm has started us. Rejects with what it said. */
export async function npm(folder: string, args: string[]): Promise<void> {
  // What an npm around us says of its package is not about this one.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^npm_(?:config_(?:local_prefix|omit|only|production)|package_|lifecycle_)/i.test(name),
    ),
  );
  const always = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  await promisify(execFile)('npm', [...args, ...always], { cwd: folder, env, shell: process.platform === 'win32' });
}

/** npm has compared what it got with what the registry says; this compares that with what we have reviewed. */
function checkContent(folder: string, specs: string[]): void {
  const got = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as Lockfile;
  for (const spec of specs) {
    const at = spec.lastIndexOf('@');
    const [name, version] = [spec.slice(0, at), spec.slice(at + 1)];
    const ours = locks.map(({ packages }) => packages[`node_modules/${name}`]).find((entry) => entry !== undefined);
    const theirs = got.packages[`node_modules/${name}`];
    if (theirs?.version !== version) throw new Error(`npm did not install ${spec}: is there such a package?`);
    if (ours?.version === version && ours.integrity !== theirs.integrity) {
      throw new Error(`${spec} is not what the lockfile says it is.`);
    }
  }
}
