/** node_modules, exactly as package-lock.json has it. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isInstalled, npmCi } from './npm.mjs';
import { Stop, say } from './process.mjs';

export function packagesStep(root) {
  const modules = join(root, 'node_modules');
  // npm ci empties node_modules first, so the stamp is there only after an installation that went through.
  const stamp = join(modules, '.kinora-installed');
  const wanted = () => {
    const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
    return hash.update(`${process.platform} ${process.arch}`).digest('hex');
  };
  const needed = async () => {
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted()) return false;
    if (!isInstalled(root)) return true;
    // Somebody ran npm by hand, and well.
    writeStamp(stamp, wanted());
    return false;
  };
  const run = async () => {
    const reason = existsSync(modules) ? 'package-lock.json has changed' : 'node_modules is not there';
    say(`Installing the packages, since ${reason}. This takes about half a minute.`);
    const failure = await npmCi(root);
    if (failure !== null) {
      process.stderr.write(`${failure}\n`);
      throw new Stop('The packages could not be installed; npm says why above. Is the network there?');
    }
    writeStamp(stamp, wanted());
  };
  return { needed, run };
}

/** The packages of one of tools/, which only one command needs. */
export function toolStep(root, name) {
  const folder = join(root, 'tools', name);
  const run = async () => {
    say(`Installing tools/${name}, which this command alone needs.`);
    const failure = await npmCi(folder);
    if (failure === null) return;
    process.stderr.write(`${failure}\n`);
    throw new Stop(`tools/${name} could not be installed; npm says why above. Is the network there?`);
  };
  return { needed: async () => !isInstalled(folder), run };
}

function writeStamp(stamp, content) {
  try {
    writeFileSync(stamp, content);
  } catch {
    // A folder we may only read: look again next time.
  }
}
