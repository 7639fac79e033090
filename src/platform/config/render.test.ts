import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configKeys, valueAt } from './keys.ts';
import { loadConfig } from './load.ts';
import { editDistance, nearest } from './nearest.ts';
import { describeConfig, renderDefaultYaml } from './render.ts';
import { configJsonSchema } from './schema.ts';
import { parseConfigFile } from './yamlFile.ts';

const DEFAULT_YAML = join(import.meta.dirname, '../../../config/default.yaml');

describe('config/default.yaml', () => {
  it('is what the schema says', () => {
    const update =
      'node -e "import(\'./src/platform/config/render.ts\').then(r => process.stdout.write(r.renderDefaultYaml()))"';
    expect(readFileSync(DEFAULT_YAML, 'utf8'), `Run: ${update} > config/default.yaml`).toBe(renderDefaultYaml());
  });

  it('changes nothing as it is', () => {
    expect(parseConfigFile('default.yaml', renderDefaultYaml())).toMatchObject({ problems: [], values: {} });
  });

  it('names every key with its default once the "#" is taken off', () => {
    const values: unknown = parse(renderDefaultYaml().replace(/^( *)#(\w)/gm, '$1$2'));
    for (const key of configKeys())
      expect([key.name, valueAt(values, key.path)]).toEqual([key.name, key.default ?? '']);
    expect(configKeys().length).toBeGreaterThan(25);
  });

  it('explains every key', () => {
    for (const key of configKeys()) expect(key.description, key.name).toMatch(/\.$/);
  });
});

it('tells what is in force and why, but no secret', () => {
  const secret = 'abcdefgh'.repeat(5);
  const { config, origins } = loadConfig({
    env: { KINORA_ACCOUNTS_SECRET: secret, KINORA_HTTP_PORT: '81' },
    cwd: '/nowhere',
  });
  const text = describeConfig(config, origins);
  expect(text).toMatch(/^http\.port: 81 +# KINORA_HTTP_PORT$/m);
  expect(text).toMatch(/^data\.dir: \/nowhere\/data +# default$/m);
  expect(text).toMatch(/^accounts\.secret: \(hidden\) +# KINORA_ACCOUNTS_SECRET$/m);
  expect(text).not.toContain(secret);
});

it('has a JSON Schema in which everything is optional and nothing is unknown', () => {
  const schema = configJsonSchema();
  expect(schema).toMatchObject({
    type: 'object',
    additionalProperties: false,
    properties: { http: { properties: { port: { type: 'integer', default: 8383, maximum: 65535 } } } },
  });
  expect(schema['required']).toBe(undefined);
  expect(JSON.stringify(schema)).not.toContain('"secret":true');
});

it.each([
  ['port', 'port', 0],
  ['prot', 'port', 1],
  ['por', 'port', 1],
  ['ports', 'port', 1],
  ['kitten', 'sitting', 3],
  ['', 'abc', 3],
])('%s is so many changes from %s: %i', (a, b, distance) => {
  expect(editDistance(a, b)).toBe(distance);
});

it.each([
  ['prot', 'port'],
  ['Port', 'port'],
  ['trustedProxy', 'trustedProxies'],
  ['x', null],
  ['database', null],
])('takes %s for %s', (word, meant) => {
  expect(nearest(word, ['host', 'port', 'trustedProxies'])).toBe(meant);
});
