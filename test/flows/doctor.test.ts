import { execFile } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeBreakableCard } from '../support/broken-hardware.ts';
import { freePort, type KinoraProcess, MAIN, startKinora } from '../support/process.ts';

/** `kinora doctor` as an admin calls it: a program of its own, beside a running server or without one. */

interface Report {
  healthy: boolean;
  sections: { title: string; findings: { state: string; text: string; todo?: string }[] }[];
}

let folder: string;
let port: number;
let kinora: KinoraProcess | null = null;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-doctor-test-'));
  port = await freePort();
});
afterAll(async () => {
  await kinora?.end('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
});

async function ask(argv: string[] = [], env: Record<string, string> = {}) {
  const binary = process.env['KINORA_TEST_BINARY'];
  const [command, ...first] = binary ? [binary] : [process.execPath, MAIN];
  const all = [...first, 'doctor', '--data', join(folder, 'data'), ...argv];
  return new Promise<{ code: number; printed: string }>((resolve) => {
    const options = { env: { ...process.env, KINORA_HTTP_PORT: String(port), ...env }, encoding: 'utf8' as const };
    execFile(command!, all, options, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, printed: stdout + stderr }),
    );
  });
}

async function report(env: Record<string, string> = {}) {
  const { code, printed } = await ask(['--json'], env);
  const { healthy, sections } = JSON.parse(printed) as Report;
  expect(code).toBe(healthy ? 0 : 1);
  const of = (title: string) => sections.find((section) => section.title === title)!.findings;
  return { healthy, sections, of };
}

describe('before the first start', () => {
  it('finds nothing wrong, makes nothing, and reads well', async () => {
    const { code, printed } = await ask();
    expect(printed).toContain('✓ v');
    expect(printed).toMatch(/✓ ffmpeg \S+ at \//);
    expect(printed).toContain(`· ${join(folder, 'data')} is not there yet`);
    expect(printed).toContain(`✓ ${port} is free`);
    expect(printed).toContain('Nothing keeps Kinora from working.');
    expect(printed).not.toContain('\x1b[');
    expect(code).toBe(0);
  });

  it('knows a time zone that is misspelt, by which schedules would go by another time', async () => {
    const zone = async (TZ: string) => (await ask(['--only', 'Clock'], { TZ })).printed;
    expect(await zone('Europe/Berln')).toMatch(
      /time zone UTC\n {2}! TZ is "Europe\/Berln", and there is no such time zone/,
    );
    expect(await zone('Europe/Berlin')).toMatch(/✓ .*time zone Europe\/Berlin\n(?! {2}! TZ)/);
    expect(await zone('')).not.toContain('! TZ');
  });

  it('says what is missing and what to do', async () => {
    const { healthy, of } = await report({ KINORA_MEDIA_FFMPEG: '/nonexistent/ffmpeg' });
    expect(healthy).toBe(false);
    expect(of('ffmpeg')[0]).toMatchObject({ state: 'problem', todo: expect.stringContaining('media.ffmpeg') });
    // One thing that cannot be looked at hides no other.
    expect(of('Port')[0]!.state).toBe('ok');
  });

  it('names every mistake in the configuration', async () => {
    const { healthy, of } = await report({ KINORA_HTTP_PORT: 'eighty' });
    expect(healthy).toBe(false);
    expect(of('Configuration')[0]!.text).toMatch(/KINORA_HTTP_PORT.*number/);
  });

  it('tells of a wanted device why it does not work', async () => {
    const { healthy, of } = await report({ KINORA_ENCODING_HARDWARE: 'vaapi' });
    expect(healthy).toBe(true);
    const findings = of('Hardware encoders');
    const vaapi = findings.find(({ text }) => text.startsWith('vaapi:'));
    if (vaapi)
      expect(findings.at(-1)).toMatchObject({ state: 'warning', text: expect.stringContaining('software encodes') });
    else expect(findings.at(-1)!.state).toBe('ok');
  });

  it('finds a device that works', async () => {
    const { of } = await report({ KINORA_MEDIA_FFMPEG: makeBreakableCard(folder).ffmpeg });
    expect(of('Hardware encoders').map(({ text }) => text)).toContain('h264_nvenc works');
    expect(of('Hardware encoders').at(-1)!.text).toBe('encoding.hardware is auto: nvenc is used');
  });
});

describe('beside a running server', () => {
  it('looks without disturbing it', async () => {
    kinora = await startKinora(join(folder, 'data'), {}, port);
    const films = join(folder, 'films');
    mkdirSync(films);
    writeFileSync(join(films, 'note.txt'), 'a');
    const config = join(folder, 'kinora.yaml');
    writeFileSync(
      config,
      `libraries:\n  - { name: Films, kind: home, folders: ['${films}', '${join(folder, 'gone')}'] }\n`,
    );
    const { healthy, of } = await report({ KINORA_CONFIG: config });
    expect(of('Database')).toEqual([{ state: 'ok', text: 'is whole' }]);
    expect(of('Data folder')[0]!.state).toBe('ok');
    expect(of('Port')[0]!.text).toMatch(new RegExp(`^${port} is used by a running Kinora`));
    expect(of('Libraries')).toMatchObject([
      { state: 'ok' },
      { state: 'warning', text: expect.stringMatching(/is not there$/) },
    ]);
    expect(healthy).toBe(true);
    expect((await fetch(`${kinora.url}/api/instance`)).status).toBe(200);
    await kinora.end('SIGTERM');
    kinora = null;
  });

  it('finds secrets that others may read, a clock that was set back, and one nobody keeps right', async () => {
    const data = join(folder, 'data');
    expect((await report()).of('Permissions')).toMatchObject([{ state: 'ok' }]);
    chmodSync(join(data, 'secret'), 0o644);
    const later = Date.now() / 1000 + 3600;
    utimesSync(join(data, 'kinora.db'), later, later);
    const programs = join(folder, 'programs');
    mkdirSync(programs);
    writeFileSync(join(programs, 'timedatectl'), '#!/bin/sh\necho NTPSynchronized=no\n', { mode: 0o755 });
    const { of, healthy } = await report({ PATH: `${programs}:${process.env['PATH']}` });
    expect(healthy).toBe(true);
    expect(of('Permissions')).toMatchObject([
      {
        state: 'warning',
        text: 'secret may be read by other users (mode 644)',
        todo: expect.stringContaining('chmod 600'),
      },
    ]);
    expect(of('Clock')).toMatchObject([
      { state: 'note' },
      { state: 'warning', text: expect.stringMatching(/written 60 minutes from now/) },
      { state: 'warning', text: 'is not kept right by NTP', todo: expect.stringContaining('set-ntp') },
    ]);
  });

  it.skipIf(process.getuid?.() !== 0)('finds files of another user', async () => {
    const data = join(folder, 'data');
    const now = Date.now() / 1000;
    utimesSync(join(data, 'kinora.db'), now, now);
    chmodSync(join(data, 'secret'), 0o600);
    chownSync(data, 12345, 12345);
    const { of, healthy } = await report();
    expect(of('Permissions')).toMatchObject([
      { state: 'problem', text: expect.stringMatching(/belong to user 0, the data folder to user 12345$/) },
    ]);
    expect(healthy).toBe(false);
    chownSync(data, 0, 0);
  });

  it('tells a stranger on the port from Kinora', async () => {
    const server = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const taken = (server.address() as AddressInfo).port;
    const { healthy, of } = await report({ KINORA_HTTP_PORT: String(taken), KINORA_HTTP_HOST: '127.0.0.1' });
    server.close();
    expect(of('Port')[0]).toMatchObject({ state: 'problem', text: `${taken} is used by another program` });
    expect(healthy).toBe(false);
  });

  it('finds a damaged database', async () => {
    const file = openSync(join(folder, 'data', 'kinora.db'), 'r+');
    writeSync(file, Buffer.alloc(4096, 0xa5), 0, 4096, 4096 * 3);
    closeSync(file);
    const { healthy, of } = await report();
    expect(of('Database')[0]).toMatchObject({ state: 'problem', todo: expect.stringContaining('backups') });
    expect(healthy).toBe(false);
  });
});
