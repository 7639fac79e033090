import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '../src/platform/config/load.ts';

/** What Kinora is deployed with: it names things elsewhere in the repository, which move. */

const ROOT = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const lines = (path: string, start: RegExp) =>
  read(path)
    .split('\n')
    .filter((line) => start.test(line));

interface Service {
  build?: string;
  command?: string[];
  image: string;
  environment?: Record<string, string>;
  volumes?: string[];
  ports?: string[];
  labels?: Record<string, string>;
  networks?: { default: { ipv4_address: string } };
}
interface Compose {
  services: Record<string, Service>;
  networks?: { default: { ipam: { config: { subnet: string }[] } } };
  volumes?: Record<string, object>;
}

const COMPOSE = [
  'config/compose.yaml',
  ...readdirSync(join(ROOT, 'config/compose')).map((name) => `config/compose/${name}`),
].filter((path) => path.endsWith('.yaml'));
/** Ours that are no settings: the entrypoint's. */
const ENTRYPOINT = ['PUID', 'PGID', 'UMASK', 'TZ'];

describe.each(COMPOSE)('%s', (path) => {
  const { services, networks, volumes = {} } = parse(read(path), { strict: true, uniqueKeys: true }) as Compose;
  const { kinora, ...others } = services;
  const environment = Object.fromEntries(
    Object.entries(kinora!.environment!).map(([name, value]) => [
      name,
      value.replace(/\$\{[^}]*\}/g, 'films.example.org'),
    ]),
  );

  it('gives Kinora settings that there are, with values it takes', () => {
    const settings = Object.fromEntries(Object.entries(environment).filter(([name]) => !ENTRYPOINT.includes(name)));
    // An unknown name and a bad value are both mistakes that stop a start.
    expect(() => loadConfig({ env: settings, cwd: '/nowhere' })).not.toThrow();
    for (const name of Object.keys(settings)) expect(name).toMatch(/^KINORA_/);
    for (const [name, value] of Object.entries(environment)) expect([name, typeof value]).toEqual([name, 'string']);
    expect(Object.keys(environment)).toEqual(expect.arrayContaining(ENTRYPOINT));
  });

  it('builds from where the Dockerfile is, and mounts films that cannot be changed', () => {
    expect(existsSync(join(ROOT, path, '..', kinora!.build!, 'Dockerfile'))).toBe(true);
    expect(kinora!.volumes!.map((volume) => volume.split(':').slice(1).join(':'))).toEqual([
      '/config',
      '/data',
      '/media:ro',
    ]);
  });

  it('mounts files that are there, and volumes that it declares', () => {
    for (const { volumes: mounted = [] } of Object.values(others)) {
      for (const volume of mounted) {
        const from = volume.split(':')[0]!;
        if (from.startsWith('./') && !from.startsWith('./instance')) {
          expect([from, existsSync(join(ROOT, path, '..', from))]).toEqual([from, true]);
        } else if (!/^[./]/.test(from)) expect(Object.keys(volumes)).toContain(from);
      }
    }
  });

  if (services['worker'])
    it('gives workers what the server has, but no port', () => {
      const { environment: own, volumes: mounted, image, command, ports } = services['worker']!;
      expect([own, mounted, image, ports]).toEqual([kinora!.environment, kinora!.volumes, kinora!.image, undefined]);
      expect(command).toEqual(['worker']);
      const redis = new URL(own!['KINORA_JOBS_REDIS']!).hostname;
      expect([redis, services[redis]?.ports]).toEqual([redis, undefined]);
      expect(services[redis]!.command).toContain('noeviction');
    });

  const isProxied = Object.values(others).some((service) => service.networks);
  if (isProxied)
    it('trusts its proxy and nobody else, and lets only that be reached', () => {
      const [proxy, ...none] = Object.values(others);
      expect(none).toEqual([]);
      const { ipv4_address: address } = proxy!.networks!.default;
      expect(environment['KINORA_HTTP_TRUSTED_PROXIES']).toBe(address);
      const subnet = networks!.default.ipam.config[0]!.subnet;
      expect(address.startsWith(subnet.replace(/0\/24$/, ''))).toBe(true);
      expect(environment['KINORA_HTTP_BASE_URL']).toBe('https://films.example.org');
      expect([kinora!.ports, proxy!.ports!.includes('443:443')]).toEqual([undefined, true]);
    });
});

describe('the image', () => {
  it('copies what there is, or what the build has made', () => {
    const made = ['/app/node_modules', '/app/dist'];
    for (const line of lines('Dockerfile', /^COPY /)) {
      const [, ...words] = line.split(/\s+/).filter((word) => !word.startsWith('--'));
      for (const from of words.slice(0, -1)) {
        if (made.includes(from)) continue;
        expect([from, existsSync(join(ROOT, from.replace(/^\/app\//, '')))]).toEqual([from, true]);
      }
    }
  });

  it('is built from a context that has all the builds read', async () => {
    const { webSources, serverSources } = (await import(new URL('run/builds.mjs', import.meta.url).href)) as {
      [name in 'webSources' | 'serverSources']: (root: string) => string[];
    };
    const [everything, ...exceptions] = lines('.dockerignore', /./);
    expect(everything).toBe('**');
    const sources = [...webSources(ROOT), ...serverSources(ROOT), join(ROOT, 'scripts/run.mjs')];
    const folders = new Set(sources.map((path) => `!${relative(ROOT, path).split(sep)[0]}`));
    expect(exceptions).toEqual(expect.arrayContaining([...folders]));
  });

  it('starts and is asked for its health by the entrypoint, so that both find the same settings', () => {
    const text = read('Dockerfile');
    const way = '["/bin/sh", "/app/config/docker-entrypoint.sh"';
    expect(text).toContain(`ENTRYPOINT ${way}]`);
    expect(text).toContain(`CMD ${way}, "health"]`);
    expect(text).toMatch(/^VOLUME \["\/config", "\/data", "\/media"\]$/m);
    const variables = /^ENV ([\s\S]*?[^\\])\n/m.exec(text)![1]!.replaceAll('\\\n', ' ').trim().split(/\s+/);
    expect(variables.map((variable) => variable.split('=')[0])).toEqual(expect.arrayContaining(ENTRYPOINT));
  });
});

const systemd = (...argv: string[]) => spawnSync('systemd-analyze', argv, { encoding: 'utf8' });

describe.each(['kinora', 'kinora-worker'])('the service %s', (name) => {
  const unit = `config/systemd/${name}.service`;
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'kinora-unit-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('sets what Kinora knows', () => {
    const env = Object.fromEntries(
      lines(unit, /^Environment=/).map((line) => line.split('=').slice(1) as [string, string]),
    );
    expect(loadConfig({ env, cwd: '/nowhere' }).config.data.dir).toBe('/var/lib/kinora');
    // systemd-notify is another process than Kinora.
    expect(read(unit)).toMatch(/^Type=notify$[\s\S]*^NotifyAccess=all$/m);
  });

  it.runIf(systemd('--version').status === 0)('is one that systemd understands', () => {
    const program = join(folder, 'kinora');
    writeFileSync(program, '#!/bin/sh\n');
    chmodSync(program, 0o755);
    const path = join(folder, `${name}.service`);
    writeFileSync(path, read(unit).replace('/usr/local/bin/kinora', program));
    const { stdout, stderr } = systemd('verify', path);
    expect((stdout + stderr).trim()).toBe('');
    // It notices what it does not know, so the silence above means something.
    writeFileSync(
      path,
      read(unit).replace('/usr/local/bin/kinora', program).replace('ProtectSystem=', 'ProtectSistem='),
    );
    expect(systemd('verify', path).stderr).toContain('ProtectSistem');
  });

  it.runIf(systemd('security', '--help').stdout.includes('--offline'))('may do little beside its work', () => {
    // The scale goes from 0 to 10, in tenths; "OK" ends at 4.9.
    const { status, stdout } = systemd('security', '--offline=true', '--no-pager', '--threshold=25', join(ROOT, unit));
    expect([status, stdout.split('\n').at(-2)]).toEqual([0, expect.stringMatching(/Overall exposure level/)]);
  });
});
