/** Installing from a lockfile with whatever npm the machine has (9, 10 and 11 were tried). */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { runQuietly } from './process.mjs';

/**
 * `npm ci` in `folder`. It runs under the Node that npm came with, so it needs no newer one first.
 * Returns null, or what npm had to say about its failure.
 */
export async function npmCi(folder) {
  const args = ['ci', '--ignore-scripts', '--include=dev', '--include=optional', '--no-audit', '--no-fund'];
  // Warnings would be about the engine of packages that a newer Node is going to run.
  args.push('--loglevel=error');
  const env = { ...process.env };
  // Set by an `npm start` around us, and about its package, not this one.
  for (const name of Object.keys(env)) {
    if (/^npm_(config_local_prefix|config_omit|config_only|config_production|package_|lifecycle_)/i.test(name)) {
      delete env[name];
    }
  }
  const { command, first, shell } = findNpm();
  const { code, output } = await runQuietly(command, [...first, ...args], { cwd: folder, env, shell });
  return code === 0 ? null : output || `npm ended with code ${code}`;
}

/** The npm that called us, where one did; it need not be the first one in PATH. */
function findNpm() {
  const calledBy = process.env.npm_execpath;
  if (calledBy && /^npm-cli\.c?js$/.test(basename(calledBy)) && existsSync(calledBy)) {
    return { command: process.execPath, first: [calledBy], shell: false };
  }
  return { command: 'npm', first: [], shell: process.platform === 'win32' };
}

/** A JSON file's content, or null where there is none to read. */
export function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

/**
 * Whether `node_modules` in `folder` holds what the lockfile says. npm writes its own record last of all, so an
 * installation that was interrupted does not count. Packages for other platforms may be missing.
 */
export function isInstalled(folder) {
  const wanted = readJson(join(folder, 'package-lock.json'))?.packages;
  const present = readJson(join(folder, 'node_modules', '.package-lock.json'))?.packages;
  if (!wanted || !present) return false;
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '') continue;
    const optional = entry.optional || entry.devOptional || entry.peer;
    if (present[path] ? present[path].version !== entry.version : !optional) return false;
  }
  return Object.keys(present).every((path) => path in wanted);
}
