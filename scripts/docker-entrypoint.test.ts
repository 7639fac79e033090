import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const SCRIPT = join(import.meta.dirname, '../config/docker-entrypoint.sh');
const asRoot = process.getuid?.() === 0 && process.platform === 'linux';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kinora-entry-'));
  chmodSync(root, 0o755);
  mkdirSync(join(root, 'bin'));
  mkdirSync(join(root, 'config'));
  // Stands in for Node and tells how it was started.
  const node = '#!/bin/sh\necho "$(id -u):$(id -g) umask=$(umask) config=$KINORA_CONFIG home=$HOME args=$*"\n';
  writeFileSync(join(root, 'bin/node'), node);
  chmodSync(join(root, 'bin/node'), 0o755);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function start(env: Record<string, string>, ...args: string[]) {
  const path = `${join(root, 'bin')}:/usr/sbin:/usr/bin:/sbin:/bin`;
  const { stdout, stderr, status } = spawnSync('/bin/sh', [SCRIPT, ...args], {
    env: { PATH: path, HOME: '/nowhere', CONTAINER_ROOT: root, ...env },
    encoding: 'utf8',
  });
  return { said: stdout.trim(), complaint: stderr.trim(), status };
}

describe.runIf(asRoot)('the entrypoint of the container', () => {
  it('takes the user, group and umask asked for, and hands its folders over', () => {
    writeFileSync(join(root, 'config/kinora.yaml'), 'name: Kinora\n');
    const { said, status } = start({ PUID: '4321', PGID: '8765', UMASK: '027' }, 'serve', '--port', '1');
    expect(said).toMatch(/^4321:8765 umask=0?027 /);
    expect(said).toContain(`config=${root}/config/kinora.yaml home=${root}/data`);
    expect(said).toContain(`args=${root}/dist/server/main.js serve --port 1`);
    expect(status).toBe(0);
    for (const path of ['data', 'config', 'config/kinora.yaml']) {
      expect(statSync(join(root, path))).toMatchObject({ uid: 4321, gid: 8765 });
    }
  });

  it('names no configuration file where there is none, and keeps the one it was given', () => {
    expect(start({}).said).toMatch(/^1000:1000 umask=0?022 config= /);
    expect(start({ KINORA_CONFIG: '/elsewhere.yaml' }).said).toContain('config=/elsewhere.yaml');
  });

  it('says what is wrong with a number that is none', () => {
    expect(start({ PUID: 'ada' })).toMatchObject({ status: 1, complaint: expect.stringContaining("PUID is 'ada'") });
  });
});
