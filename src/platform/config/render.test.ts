import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { EXAMPLES } from './examples.ts';
import { configKeys, valueAt } from './keys.ts';
import { loadConfig } from './load.ts';
import { exampleYaml, renderConfigMarkdown } from './markdown.ts';
import { editDistance, nearest } from './nearest.ts';
import { describeConfig, renderDefaultYaml } from './render.ts';
import { configJsonSchema } from './schema.ts';
import { parseConfigFile } from './yaml-file.ts';

const CONFIGURE_MD = join(import.meta.dirname, '../../../docs/configure.md');
const DEFAULT_YAML = join(import.meta.dirname, '../../../config/default.yaml');

describe('config/default.yaml', () => {
  it('is what the schema says', () => {
    expect(readFileSync(DEFAULT_YAML, 'utf8'), 'Run: npm run docs').toBe(renderDefaultYaml());
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

describe('docs/configure.md', () => {
  const page = renderConfigMarkdown();

  it('is what the schema says', () => {
    expect(readFileSync(CONFIGURE_MD, 'utf8'), 'Run: npm run docs').toBe(page);
  });

  it('has every key under a heading, with its variable', () => {
    for (const key of configKeys()) {
      expect(page.split('\n')).toContain(`${'#'.repeat(key.path.length + 1)} ${key.name}`);
      expect(page).toContain(`Environment: \`${key.env}\``);
    }
  });

  it('gives an example for every key that is taken as it stands', () => {
    for (const key of configKeys()) {
      const { problems, values } = parseConfigFile('kinora.yaml', exampleYaml(key));
      expect([key.name, problems]).toEqual([key.name, []]);
      expect(valueAt(values, key.path), `${key.name} needs an example in examples.ts`).not.toBe('');
    }
  });

  it('has no example of a key that is gone', () => {
    expect(Object.keys(EXAMPLES).filter((name) => !configKeys().some((key) => key.name === name))).toEqual([]);
  });

  it.each([
    ['http.port', 'whole number from 0 to 65535'],
    ['uploads.maxSizeGb', 'number above 0'],
    ['encoding.sessions', '`auto`, or whole number from 1 to 64'],
    ['encoding.policy.uploads', '`eager`, `lazy`'],
    ['encoding.heights', 'list of whole number from 144 to 4320'],
    ['data.dir', 'path of a folder'],
    ['metrics.enabled', '`true` or `false`'],
    ['libraries', 'list'],
  ])('says of %s that it is: %s', (name, type) => {
    const section = page.split(/^#{2,4} /m).find((text) => text.startsWith(`${name}\n`))!;
    expect(section).toContain(`\n- Type: ${type}\n`);
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
