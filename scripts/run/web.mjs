/** dist/web: built when its sources are not those it was built from. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { runQuietly, Stop, say } from './process.mjs';

export function webStep(root, exe) {
  const dist = join(root, 'dist', 'web');
  const stamp = join(dist, '.stamp');
  const needed = async () => {
    if (!existsSync(join(root, 'web', 'index.html'))) return false;
    return !existsSync(stamp) || readFileSync(stamp, 'utf8') !== sourceHash(root);
  };
  const run = async () => {
    say(`Building the web interface, since ${existsSync(stamp) ? 'it has changed' : 'it is not built yet'}.`);
    const hash = sourceHash(root);
    const aside = join(root, 'dist', '.web-new');
    rmSync(aside, { recursive: true, force: true });
    mkdirSync(aside, { recursive: true });
    const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
    const args = [vite, 'build', '--outDir', aside, '--emptyOutDir', '--logLevel', 'warn'];
    const env = { ...process.env, NODE_ENV: 'production' };
    // Its output goes through a pipe; it is for a terminal only where ours is.
    if (!process.stderr.isTTY) env.NO_COLOR = '1';
    const { code, output } = await runQuietly(exe, args, { cwd: root, env });
    if (code !== 0) {
      rmSync(aside, { recursive: true, force: true });
      process.stderr.write(`${output}\n`);
      const rest = existsSync(dist) ? ' The last good build is untouched.' : '';
      throw new Stop(`The web interface could not be built; Vite says why above.${rest}`);
    }
    writeFileSync(join(aside, '.stamp'), hash);
    swap(dist, aside, join(root, 'dist', '.web-old'));
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
export function sourceHash(root) {
  const files = [...filesIn(join(root, 'web')), ...wireShapes(root)];
  for (const name of ['vite.config.ts', 'package-lock.json']) files.push(join(root, name));
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
  const shapes = existsSync(features) ? readdirSync(features).map((name) => join(features, name, 'api.ts')) : [];
  return [...shapes, join(root, 'src', 'core', 'wire.ts')];
}

function filesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesIn(path);
    return /\.test\.tsx?$/.test(entry.name) ? [] : [path];
  });
}
