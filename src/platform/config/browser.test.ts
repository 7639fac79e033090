import { expect, it } from 'vitest';
import { layBrowserValues } from './browser.ts';
import { configKeys } from './keys.ts';
import { type ConfigOrigins, loadConfig } from './load.ts';

const lay = (values: Record<string, unknown>, env: Record<string, string> = {}) => {
  const loaded = loadConfig({ env, cwd: '/nowhere' });
  const refused = layBrowserValues(loaded.config, loaded.origins, new Map(Object.entries(values)));
  return { ...loaded, refused };
};
const origin = (origins: ConfigOrigins, name: string) => origins[name];

it('goes before defaults, and behind what the environment says', () => {
  const env = { KINORA_ENCODING_CRF: '20' };
  const { config, origins, refused } = lay({ 'encoding.crf': 30, 'encoding.preset': 'slow' }, env);
  expect(config.encoding).toMatchObject({ crf: 20, preset: 'slow' });
  expect([origin(origins, 'encoding.crf'), origin(origins, 'encoding.preset')]).toEqual([
    'KINORA_ENCODING_CRF',
    'browser',
  ]);
  expect(refused).toEqual([]);
});

it('leaves out what is not valid (any more), and says so', () => {
  const { config, refused } = lay({ 'encoding.crf': 99, 'uploads.expireDays': 3, 'no.such': 1 });
  expect(config.encoding.crf).toBe(22);
  expect(config.uploads.expireDays).toBe(3);
  expect(refused).toEqual(['encoding.crf']);
});

it('never takes what may not be changed in the browser', () => {
  const { config } = lay({ 'data.dir': '/etc', 'media.ffmpeg': '/bin/sh', 'accounts.secret': 'x'.repeat(40) });
  expect(config.data.dir).toBe('/nowhere/data');
  expect(config.media.ffmpeg).toBe('');
  expect(config.accounts.secret).toBe(undefined);
});

it('is said of every key: changed at once, after a restart, or why not', () => {
  for (const { name, editable, fixed } of configKeys())
    expect([name, Boolean(editable) !== Boolean(fixed)]).toEqual([name, true]);
  expect(configKeys().filter(({ secret, editable }) => secret && editable)).toEqual([]);
});
