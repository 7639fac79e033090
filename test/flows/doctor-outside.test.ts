import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runKinora } from '../support/kinora-command.ts';
import { freePort, type KinoraProcess, startKinora } from '../support/process.ts';
import { type ProxyFaults, type ReverseProxy, startProxy } from '../support/proxy.ts';

/** What `kinora doctor` says of the way people take to Kinora, through a proxy that does things wrong. */

let folder: string;
let port: number;
let kinora: KinoraProcess;
let proxy: ReverseProxy;
const TRUSTED = { KINORA_HTTP_TRUSTED_PROXIES: '127.0.0.1' };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-outside-test-'));
  port = await freePort();
  kinora = await startKinora(folder, TRUSTED, port);
  proxy = await startProxy(kinora.url);
});
afterAll(async () => {
  proxy?.close();
  await kinora?.end('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
});

async function outside(baseUrl: string): Promise<{ state: string; text: string; todo?: string }[]> {
  const env = { KINORA_HTTP_PORT: String(port), KINORA_HTTP_HOST: '127.0.0.1', KINORA_HTTP_BASE_URL: baseUrl };
  const { stdout } = await runKinora(['doctor', '--json', '--data', folder], {
    env: { ...env, KINORA_ENCODING_HARDWARE: 'off' },
  });
  const { sections } = JSON.parse(stdout) as { sections: { title: string; findings: never[] }[] };
  return sections.find(({ title }) => title === 'From outside')!.findings;
}

const wrong = (findings: { state: string; text: string }[]) =>
  findings.filter(({ state }) => state !== 'ok').map(({ text }) => text);

describe('through a proxy', () => {
  it('that does all right, nothing is wrong', async () => {
    const findings = await outside(proxy.url);
    expect(wrong(findings)).toEqual([]);
    expect(findings.map(({ text }) => text)).toEqual([
      `${proxy.url} is answered by Kinora`,
      'WebSockets pass',
      'the proxy is believed: you come from 127.0.0.1',
      'large uploads pass',
    ]);
  });

  it.each<[string, ProxyFaults, RegExp]>([
    ['keeps Upgrade to itself', { noUpgrade: true }, /^WebSockets do not pass/],
    ['changes Host', { ownHost: true }, /^Host arrives as "127\.0\.0\.1:\d+", not as/],
    ['does not say for whom', { noForwardedFor: true }, /^X-Forwarded-For does not arrive/],
    ['takes no large bodies', { maxBytes: 1_000_000 }, /^the proxy refuses large uploads$/],
  ])('that %s, this is said and what to do', async (_, faults, expected) => {
    proxy.faults = faults;
    const findings = await outside(proxy.url);
    proxy.faults = {};
    expect(wrong(findings)).toEqual([expect.stringMatching(expected)]);
    expect(findings.find(({ state }) => state === 'warning')!.todo).toContain('docs/reverse-proxies.md');
  });
});

it('without a proxy, that is said', async () => {
  expect((await outside(kinora.url)).map(({ text }) => text)).toContain('is reached without a proxy');
});

it('where nobody or somebody else answers, that is said', async () => {
  expect(wrong(await outside(`http://127.0.0.1:${await freePort()}`))).toEqual([
    expect.stringMatching(/cannot be reached from here: ECONNREFUSED$/),
  ]);
  expect(wrong(await outside(`${kinora.url}/elsewhere`))).toEqual([expect.stringMatching(/not as Kinora does$/)]);
});
