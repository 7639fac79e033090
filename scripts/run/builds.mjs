/** dist/web and dist/server: built when their sources are not those they were built from. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { runQuietly, Stop, say } from './process.mjs';

/** The web interface, from web/ and the wire shapes it shares with the server. */
export function webStep(root, exe) {
  const sources = () => webSources(root);
  return buildStep(root, exe, { what: 'web interface', target: 'web', config: 'vite.config.ts', sources });
}

export function webSources(root) {
  return [...filesIn(join(root, 'web')), ...wireShapes(root), join(root, 'vite.config.ts')];
}

/** The server as one file. */
export function serverStep(root, exe) {
  const sources = () => serverSources(root);
  return buildStep(root, exe, { what: 'server', target: 'server', config: 'vite.server.config.ts', sources });
}

export function serverSources(root) {
  return [...filesIn(join(root, 'src')), join(root, 'package.json'), join(root, 'vite.server.config.ts')];
}

function buildStep(root, exe, { what, target, config, sources }) {
  const dist = join(root, 'dist', target);
  const stamp = join(dist, '.stamp');
  const currentHash = () => sourceHash(root, sources());
  const needed = async () => !existsSync(stamp) || readFileSync(stamp, 'utf8') !== currentHash();
  const run = async () => {
    say(`Building the ${what}, since ${existsSync(stamp) ? 'it has changed' : 'it is not built yet'}.`);
    const hash = currentHash();
    const aside = join(root, 'dist', `.${target}-new`);
    rmSync(aside, { recursive: true, force: true });
    mkdirSync(aside, { recursive: true });
    const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
    const args = [vite, 'build', '--config', config, '--outDir', aside, '--emptyOutDir', '--logLevel', 'warn'];
    const env = { ...process.env, NODE_ENV: 'production' };
    // Its output goes through a pipe; it is for a terminal only where ours is.
    if (!process.stderr.isTTY) env.NO_COLOR = '1';
    const { code, output } = await runQuietly(exe, args, { cwd: root, env });
    if (code !== 0) {
      rmSync(aside, { recursive: true, force: true });
      process.stderr.write(`${output}\n`);
      const rest = existsSync(dist) ? ' The last good build is untouched.' : '';
      throw new Stop(`The ${what} could not be built; Vite says why above.${rest}`);
    }
    writeFileSync(join(aside, '.stamp'), hash);
    swap(dist, aside, join(root, 'dist', `.${target}-old`));
  };
  return { needed, run };
}

/** Two renames, so that a running server never sees half a build. */
function swap(dist, fresh, old) {
  rmSync(old, { recursive: true, force: true });
  if (existsSync(dist)) renameSync(dist, old);
  renameSync(fresh, dist);
  rmSync(old, { recursive: true, force: true });
}

/** A hash over everything that ends up in the build: names and contents. */
export function sourceHash(root, sources) {
  const files = [...sources, join(root, 'package-lock.json')];
  const hash = createHash('sha256');
  for (const file of files.filter(existsSync).sort()) {
    hash
      .update(`${relative(root, file).split(sep).join('/')}\0`)
      .update(readFileSync(file))
      .update('\0');
  }
  return hash.digest('hex');
}

/** What the web interface takes from the server's sources. */
function wireShapes(root) {
  const features = join(root, 'src', 'features');
  const shapes = existsSync(features) ? filesIn(features).filter((path) => /[\\/.]api\.ts$/.test(path)) : [];
  return [...shapes, join(root, 'src', 'core', 'wire.ts')];
}

function filesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesIn(path);
    return /\.test\.tsx?$/.test(entry.name) ? [] : [path];
  });
}
