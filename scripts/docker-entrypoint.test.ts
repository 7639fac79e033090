import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
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
  const node =
    '#!/bin/sh\necho "$(id -u):$(id -g) groups=$(id -G) umask=$(umask) tz=$TZ config=$KINORA_CONFIG home=$HOME args=$*"\n';
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
    expect(said).toMatch(/^4321:8765 groups=8765 umask=0?027 /);
    expect(said).toContain(`config=${root}/config/kinora.yaml home=${root}/data`);
    expect(said).toContain(`args=${root}/dist/server/main.js serve --port 1`);
    expect(status).toBe(0);
    for (const path of ['data', 'config', 'config/kinora.yaml']) {
      expect(statSync(join(root, path))).toMatchObject({ uid: 4321, gid: 8765 });
    }
  });

  it('names no configuration file where there is none, and keeps the one it was given', () => {
    expect(start({}).said).toMatch(/^1000:1000 .* umask=0?022 tz= config= /);
    expect(start({ KINORA_CONFIG: '/elsewhere.yaml' }).said).toContain('config=/elsewhere.yaml');
  });

  it.each([
    ['PUID', 'ada'],
    ['PGID', '-1'],
    ['UMASK', 'rwx'],
    ['UMASK', '089'],
    ['UMASK', '00022'],
  ])('says what is wrong with %s=%s', (name, value) => {
    const { status, complaint, said } = start({ [name]: value });
    expect([status, said]).toEqual([1, '']);
    expect(complaint).toContain(`kinora: ${name} is '${value}'`);
  });

  it('hands on the time zone, and says when there is no such place', () => {
    expect(start({ TZ: 'Etc/UTC' })).toMatchObject({ complaint: '', said: expect.stringContaining('tz=Etc/UTC ') });
    const { status, complaint } = start({ TZ: 'Europe/Lisbonne' });
    expect(status).toBe(0);
    expect(complaint).toContain("There is no time zone 'Europe/Lisbonne'");
  });

  it('joins the group a graphics card belongs to, unless everybody may use it', () => {
    mkdirSync(join(root, 'dev/dri'), { recursive: true });
    for (const [name, group, mode] of [
      ['renderD128', 4242, 0o660],
      ['renderD129', 0, 0o666],
      ['card0', 4444, 0o660],
    ] as const) {
      writeFileSync(join(root, 'dev/dri', name), '');
      chownSync(join(root, 'dev/dri', name), 0, group);
      chmodSync(join(root, 'dev/dri', name), mode);
    }
    expect(start({ PUID: '4321', PGID: '8765' }).said).toContain('groups=8765 4242 umask');
  });

  it('leaves the films alone, and what is its already', () => {
    mkdirSync(join(root, 'media'));
    mkdirSync(join(root, 'data'));
    writeFileSync(join(root, 'media/film.mkv'), 'film');
    writeFileSync(join(root, 'data/of-somebody'), '');
    chmodSync(join(root, 'media'), 0o555);
    chownSync(join(root, 'data'), 1000, 1000);
    expect(start({}).status).toBe(0);
    for (const path of ['media', 'media/film.mkv', 'data/of-somebody']) {
      expect([path, statSync(join(root, path)).uid]).toEqual([path, 0]);
    }
    expect(statSync(join(root, 'media')).mode & 0o777).toBe(0o555);
  });

  it('asks for health as the same user with the same settings, and changes nothing', () => {
    writeFileSync(join(root, 'config/kinora.yaml'), 'name: Kinora\n');
    const { said } = start({ PUID: '4321' }, 'health');
    expect(said).toMatch(/^4321:1000 .*kinora\.yaml .* health$/);
    expect(statSync(join(root, 'config')).uid).toBe(0);
  });

  it('stays who it is when it is started as somebody', () => {
    const path = `${join(root, 'bin')}:/usr/sbin:/usr/bin:/sbin:/bin`;
    const env = { PATH: path, HOME: '/nowhere', CONTAINER_ROOT: root, PUID: '4321', UMASK: '077' };
    const { stdout, status } = spawnSync('/bin/sh', [SCRIPT], { env, encoding: 'utf8', uid: 5555, gid: 5555 });
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^5555:5555 .* umask=0?077 /)]);
    expect(statSync(join(root, 'config')).uid).toBe(0);
  });
});
