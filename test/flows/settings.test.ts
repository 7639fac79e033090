import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ActWire } from '../../src/features/audit/api.ts';
import type { SettingsWire, SettingWire } from '../../src/features/settings/api.ts';
import type { TestClient } from '../support/client.ts';
import { createTestApp, type TestApp } from '../support/test-app.ts';

let kinora: TestApp;
let admin: TestClient;
beforeEach(async () => {
  kinora = await createTestApp();
  admin = await kinora.admin();
});
afterEach(() => kinora.close());

const change = (changes: Record<string, unknown>, status = 200) =>
  admin.send<SettingsWire>('PATCH', '/api/settings', { changes }, status);
const find = ({ sections }: SettingsWire, name: string): SettingWire =>
  sections.flatMap(({ settings }) => settings).find((setting) => setting.name === name)!;
const setting = async (name: string) => find(await admin.get<SettingsWire>('/api/settings'), name);
const acts = async (query = '') => (await admin.get<{ items: ActWire[] }>(`/api/audit${query}`)).items;

describe('settings', () => {
  it('are all listed, with what a form needs to know', async () => {
    expect(await setting('encoding.crf')).toMatchObject({
      kind: 'number',
      min: 12,
      max: 36,
      whole: true,
      value: 22,
      default: 22,
      source: 'default',
      isEditable: true,
      needsRestart: false,
      env: 'KINORA_ENCODING_CRF',
    });
    expect(await setting('encoding.codecs')).toMatchObject({
      kind: 'choices',
      choices: ['h264', 'hevc', 'av1', 'vp9'],
    });
    expect(await setting('encoding.heights')).toMatchObject({ kind: 'numbers', min: 144, max: 4320 });
    expect(await setting('encoding.sessions')).toMatchObject({ kind: 'auto', min: 1, max: 64, needsRestart: true });
    expect(await setting('accounts.registration')).toMatchObject({ kind: 'choice' });
    expect(await setting('http.trustedProxies')).toMatchObject({ kind: 'texts', value: [] });
    expect(await setting('instance.accentColor')).toMatchObject({ kind: 'color' });
    expect(await setting('http.port')).toMatchObject({ isEditable: false, fixed: expect.stringContaining('before') });
    expect(await setting('accounts.secret')).toMatchObject({ value: null, isEditable: false, isSet: false });
  });

  it('hold at once, are written down, and are taken back by null', async () => {
    const instance = () => kinora.client().get<{ name: string; registration: string }>('/api/instance');
    const changed = await change({ 'instance.name': 'Ours', 'accounts.registration': 'closed' });
    expect(find(changed, 'instance.name')).toMatchObject({ value: 'Ours', source: 'browser', default: 'Kinora' });
    expect(await instance()).toMatchObject({ name: 'Ours', registration: 'closed' });
    const refused = await kinora.client().raw('POST', '/api/auth/register', {
      body: JSON.stringify({ username: 'late', email: 'late@example.org', password: 'correct horse battery' }),
      headers: { 'Content-Type': 'application/json' },
    });
    expect(refused.response.status).toBe(403);
    await change({ 'instance.name': null });
    expect(await instance()).toMatchObject({ name: 'Kinora' });
    expect(await setting('instance.name')).toMatchObject({ value: 'Kinora', source: 'default' });
    const [undone, done] = await acts('?act=settings.changed');
    expect(done).toMatchObject({
      actor: { name: 'admin' },
      target: { name: 'instance.name, accounts.registration' },
      changes: { 'instance.name': { before: 'Kinora', after: 'Ours' } },
      address: '127.0.0.1',
    });
    expect(undone!.changes).toEqual({ 'instance.name': { before: 'Ours', after: 'Kinora' } });
  });

  it('change what is at work: cache, sessions, uploads, proxies', async () => {
    await change({
      'cache.segmentsGb': 0.5,
      'accounts.sessionDays': 2,
      'uploads.maxSizeGb': 0.001,
      'http.trustedProxies': ['127.0.0.1'],
    });
    expect(kinora.app.streaming.cache.budgetBytes).toBe(5e8);
    const large = { filename: 'a.mp4', sizeBytes: 2_000_000 };
    expect((await admin.raw('POST', '/api/videos/init', json(large))).response.status).toBe(413);
    const login = await kinora.client().raw('POST', '/api/auth/login', {
      ...json({ login: 'admin', password: 'not it at all' }),
      headers: { 'Content-Type': 'application/json', 'X-Forwarded-For': '203.0.113.9' },
    });
    expect(login.response.status).toBe(401);
    expect((await acts('?act=admin.signInFailed'))[0]).toMatchObject({
      actor: { id: null, name: '' },
      target: { name: 'admin' },
      address: '203.0.113.9',
    });
  });

  it('that need a restart wait for it, and say so', async () => {
    await change({ 'encoding.concurrency': 3 });
    expect(kinora.app.config.encoding.concurrency).toBe(1);
    expect(await setting('encoding.concurrency')).toMatchObject({ value: 3, isPending: true, source: 'browser' });
    await change({ 'encoding.concurrency': null });
    expect(await setting('encoding.concurrency')).toMatchObject({ value: 1, isPending: false });
  });

  it.each<[string, unknown, RegExp]>([
    ['encoding.crf', 99, /^must be at most 36, not 99$/],
    ['encoding.crf', 'x', /^must be a number/],
    ['encoding.heights', [720, 3], /^entry 2 must be at least 144, not 3$/],
    ['http.trustedProxies', ['10.0.0.0/40'], /^entry 1 must be an address such as/],
    ['log.level', 'lots', /must be one of debug, info, warn, error/],
    ['log.levle', 'info', /^is no setting$/],
    ['data.dir', '/elsewhere', /^cannot be changed here: It is needed before/],
    ['accounts.secret', 'x'.repeat(40), /^cannot be changed here/],
    ['media.ffmpeg', '/bin/sh', /^cannot be changed here/],
    ['__proto__', 1, /./],
  ])('%s is refused as %j', async (name, value, message) => {
    const body = `{"changes":{"instance.name":"Ours",${JSON.stringify(name)}:${JSON.stringify(value)}}}`;
    const { response, text } = await admin.raw('PATCH', '/api/settings', {
      body,
      headers: { 'Content-Type': 'application/json' },
    });
    if (name === '__proto__') return expect(response.status).toBeLessThan(500);
    expect(response.status).toBe(422);
    const { errors } = JSON.parse(text) as { errors: { field: string; message: string }[] };
    expect(errors).toEqual([{ field: name, message: expect.stringMatching(message) }]);
    // All or nothing.
    expect(await setting('instance.name')).toMatchObject({ value: 'Kinora' });
    expect(await acts('?act=settings.changed')).toEqual([]);
  });

  it('are for admins', async () => {
    const member = await kinora.member();
    for (const path of ['/api/settings', '/api/audit', '/api/logs', '/api/tasks']) {
      expect((await member.raw('GET', path)).response.status, path).toBe(403);
    }
  });
});

it('what the file or the environment says goes before what was chosen in the browser', async () => {
  await change({ 'encoding.crf': 30 });
  kinora.app.configSource.origins['encoding.preset'] = 'kinora.yaml:7';
  kinora.app.configSource.origins['log.level'] = 'KINORA_LOG_LEVEL';
  expect(await setting('encoding.preset')).toMatchObject({ isEditable: false, source: 'file', place: 'kinora.yaml:7' });
  expect(await setting('log.level')).toMatchObject({ isEditable: false, source: 'environment' });
  const { text } = await admin.raw('PATCH', '/api/settings', {
    ...json({ changes: { 'encoding.preset': 'slow' } }),
    method: 'PATCH',
  });
  expect(text).toContain('kinora.yaml:7, which goes before');
});

function json(body: object): RequestInit {
  return { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } };
}
