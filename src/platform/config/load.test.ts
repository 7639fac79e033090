import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Environment } from './environment.ts';
import { type ConfigFlags, loadConfig } from './load.ts';
import { ConfigError } from './problems.ts';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'kinora-config-'));
});
afterEach(() => rmSync(cwd, { recursive: true }));

interface Given {
  yaml?: string;
  env?: Environment;
  flags?: ConfigFlags;
}

/** Loads with the YAML in `etc/kinora.yaml`, named by `--config`. */
function load({ yaml, env = {}, flags = {} }: Given = {}) {
  if (yaml !== undefined) {
    mkdirSync(join(cwd, 'etc'), { recursive: true });
    writeFileSync(join(cwd, 'etc/kinora.yaml'), yaml);
  }
  return loadConfig({ cwd, env, flags: { ...(yaml !== undefined && { config: 'etc/kinora.yaml' }), ...flags } });
}

/** What is wrong, one line each, without the folder. */
function problems(given: Given): string[] {
  try {
    load(given);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ where, message }) => `${where.replace(`${cwd}/etc/`, '')} ${message}`);
  }
  return [];
}

function catchError(work: () => unknown): Error {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new Error('It went well, and should not have.');
}

describe('where a value comes from', () => {
  it('is the default when nobody says anything', () => {
    const { config, origins, file, setupToken } = load();
    expect(config.http).toMatchObject({ host: '0.0.0.0', port: 8383, baseUrl: '', trustedProxies: [] });
    expect(config.encoding.policy).toEqual({ uploads: 'eager', libraries: 'lazy' });
    expect(config.accounts).toEqual({ registration: 'closed', sessionDays: 30, membersMayUpload: true });
    expect(config.data.dir).toBe(join(cwd, 'data'));
    expect([file, setupToken, origins['http.port']]).toEqual([null, null, 'default']);
  });

  it.each<[string, Given, number, string]>([
    ['the file', {}, 1001, 'kinora.yaml:2'],
    ['the environment over the file', { env: { KINORA_HTTP_PORT: '1002' } }, 1002, 'KINORA_HTTP_PORT'],
    ['a flag over both', { env: { KINORA_HTTP_PORT: '1002' }, flags: { port: '1003' } }, 1003, '--port'],
    ['the file when the variable is empty', { env: { KINORA_HTTP_PORT: '' } }, 1001, 'kinora.yaml:2'],
  ])('is %s', (_what, given, port, origin) => {
    const { config, origins } = load({ yaml: 'http:\n  port: 1001\n', ...given });
    expect(config.http.port).toBe(port);
    expect(origins['http.port']?.replace(`${cwd}/etc/`, '')).toBe(origin);
    expect(config.http.host).toBe('0.0.0.0');
  });

  it.each<[string, Given, string]>([
    ['the usual data folder', {}, 'data'],
    ['that of the environment', { env: { KINORA_DATA_DIR: 'elsewhere' } }, 'elsewhere'],
    ['that of the flag', { env: { KINORA_DATA_DIR: 'elsewhere' }, flags: { data: 'third' } }, 'third'],
  ])('is kinora.yaml in %s', (_what, given, folder) => {
    mkdirSync(join(cwd, folder));
    writeFileSync(join(cwd, folder, 'kinora.yaml'), 'instance: { name: Found }');
    const { config, file } = load(given);
    expect(config.instance.name).toBe('Found');
    expect(file).toBe(join(cwd, folder, 'kinora.yaml'));
    expect(config.data.dir).toBe(join(cwd, folder));
  });

  it('is the file of KINORA_CONFIG, which has to be there', () => {
    writeFileSync(join(cwd, 'my.yaml'), 'http: { port: 7 }');
    expect(load({ env: { KINORA_CONFIG: 'my.yaml' } }).config.http.port).toBe(7);
    expect(problems({ env: { KINORA_CONFIG: 'none.yaml' } })[0]).toContain('none.yaml there is no such file');
  });

  it.each(['', '# nothing\n', 'http:\n', 'http:\n  #port: 1\nlibraries:\n'])(
    'is the default when the file says %j',
    (yaml) => {
      expect(load({ yaml }).config.http.port).toBe(8383);
    },
  );
});

describe('the environment', () => {
  it.each([
    ['4', 4],
    ['auto', 'auto'],
  ])('sets what is a number or "auto" to %s', (text, value) => {
    expect(load({ env: { KINORA_ENCODING_SESSIONS: text } }).config.encoding.sessions).toBe(value);
  });

  it('names every key, of any kind', () => {
    const { config, setupToken } = load({
      env: {
        KINORA_UPLOADS_MAX_SIZE_GB: '1.5',
        KINORA_ENCODING_POLICY_UPLOADS: 'lazy',
        KINORA_ENCODING_HEIGHTS: '1080, 480',
        KINORA_HTTP_TRUSTED_PROXIES: '["10.0.0.1"]',
        KINORA_METRICS_ENABLED: 'false',
        KINORA_LIBRARIES: '[{"name":"Films","kind":"movies","folders":["films","/srv/more"]}]',
        KINORA_SETUP_TOKEN: 'once',
        KINORA_DEV_TARGET: 'ignored',
        KINORA_TEST_X: 'ignored',
        KINORA_NODE: 'ignored',
        KINORA_EMPTY_AND_UNKNOWN: '',
        PATH: 'ignored',
      },
    });
    expect(config.uploads.maxSizeGb).toBe(1.5);
    expect(config.encoding).toMatchObject({ policy: { uploads: 'lazy', libraries: 'lazy' }, heights: [1080, 480] });
    expect(config.http.trustedProxies).toEqual(['10.0.0.1']);
    expect(config.metrics.enabled).toBe(false);
    expect(config.libraries[0]?.folders).toEqual([join(cwd, 'films'), '/srv/more']);
    expect(setupToken).toBe('once');
  });

  it('takes the files of a certificate from where the command was given', () => {
    const { http } = load({
      env: { KINORA_HTTP_TLS_CERTIFICATE: 'chain.pem', KINORA_HTTP_TLS_KEY: '/etc/key.pem' },
    }).config;
    expect(http.tls).toEqual({ certificate: join(cwd, 'chain.pem'), key: '/etc/key.pem' });
  });

  it('hands over secrets in files too', () => {
    const secret = 's'.repeat(40);
    writeFileSync(join(cwd, 'secret'), `${secret}\n`);
    const file = join(cwd, 'secret');
    const { config, setupToken } = load({ env: { KINORA_ACCOUNTS_SECRET_FILE: file, KINORA_SETUP_TOKEN_FILE: file } });
    expect(config.accounts.secret).toBe(secret);
    expect(setupToken).toBe(secret);
    expect(problems({ env: { KINORA_ACCOUNTS_SECRET_FILE: '/none' } })[0]).toMatch(
      /^KINORA_ACCOUNTS_SECRET_FILE cannot be/,
    );
    const both = { KINORA_ACCOUNTS_SECRET_FILE: file, KINORA_ACCOUNTS_SECRET: secret };
    expect(problems({ env: both })).toEqual([
      'KINORA_ACCOUNTS_SECRET_FILE is set together with KINORA_ACCOUNTS_SECRET; keep one of them',
    ]);
  });

  it.each<[Environment, string]>([
    [{ KINORA_HTTP_PROT: '1' }, 'KINORA_HTTP_PROT there is no such setting; did you mean KINORA_HTTP_PORT?'],
    [{ KINORA_WHATEVER_ELSE_THIS_IS: '1' }, 'KINORA_WHATEVER_ELSE_THIS_IS there is no such setting'],
    [{ KINORA_HTTP_PORT: 'abc' }, 'KINORA_HTTP_PORT http.port must be a number, not "abc"'],
    [{ KINORA_HTTP_PORT: '70000' }, 'KINORA_HTTP_PORT http.port must be at most 65535, not 70000'],
    [
      { KINORA_ENCODING_SESSIONS: 'many' },
      'KINORA_ENCODING_SESSIONS encoding.sessions must be "auto" or a number, not "many"',
    ],
    [{ KINORA_METRICS_ENABLED: 'maybe' }, 'KINORA_METRICS_ENABLED metrics.enabled must be true or false, not "maybe"'],
    [{ KINORA_LIBRARIES: 'films' }, 'KINORA_LIBRARIES libraries must be a list, not "films"'],
    [
      { KINORA_HTTP_BASE_URL: 'x' },
      'KINORA_HTTP_BASE_URL http.baseUrl must be a URL such as "https://video.example", not "x"',
    ],
    [
      { KINORA_HTTP_BASE_URL: 'https://video.example/media' },
      'KINORA_HTTP_BASE_URL http.baseUrl must not have a path that begins with /api, /media, /ws or /assets: those are taken, not "https://video.example/media"',
    ],
    [
      { KINORA_HTTP_TRUSTED_PROXIES: '10.0.0.0/33' },
      'KINORA_HTTP_TRUSTED_PROXIES http.trustedProxies.0 must be an address such as "127.0.0.1" or a network such as "10.0.0.0/8"',
    ],
    [{ KINORA_ACCOUNTS_SECRET: 'tiny' }, 'KINORA_ACCOUNTS_SECRET accounts.secret must have at least 32 characters'],
  ])('%j is a mistake', (env, message) => {
    expect(problems({ env })).toEqual([message]);
  });
});

describe('mistakes in the file', () => {
  it.each<[string, string[]]>([
    ['http:\n  prot: 80\n', ['kinora.yaml:2:3 http.prot: there is no such key; did you mean http.port?']],
    ['htpp:\n  port: 80\n', ['kinora.yaml:1:1 htpp: there is no such key; did you mean http?']],
    ['port: 80\n', ['kinora.yaml:1:1 port: there is no such key; did you mean http.port?']],
    ['http:\n  port: "80"\n', ['kinora.yaml:2:9 http.port: must be a number, not "80"']],
    ['http:\n  port:\n', ['kinora.yaml:2:8 http.port: must be a number, not null']],
    ['http: 80\n', ['kinora.yaml:1:7 http: must be a section with keys of its own, not 80']],
    [
      'accounts: { registration: opne }',
      [
        'kinora.yaml:1:27 accounts.registration: must be one of open, approval, invite, closed, not "opne"; did you mean open?',
      ],
    ],
    [
      'libraries:\n  - name: A\n    kind: movie\n    folder: [x]\n',
      [
        'kinora.yaml:2:5 libraries.0.folders: is missing',
        'kinora.yaml:3:11 libraries.0.kind: must be one of home, movies, shows, not "movie"; did you mean movies?',
        'kinora.yaml:4:5 libraries.0.folder: there is no such key; did you mean libraries.0.folders?',
      ],
    ],
    ['encoding:\n  heights: []\n', ['kinora.yaml:2:12 encoding.heights: must have at least 1 entry, not []']],
    ['encoding:\n  heights: [1080, 12]\n', ['kinora.yaml:2:19 encoding.heights.1: must be at least 144, not 12']],
    ['- a\n', ['kinora.yaml:1:1 must be sections such as "http:", with their keys below them']],
    ['just words', ['kinora.yaml:1:1 must be sections such as "http:", with their keys below them']],
    ['http:\n\tport: 9000\n', ['kinora.yaml:2:1 a tab stands where YAML wants spaces: indent with two spaces']],
    [
      'http:\n  port: 1\n---\nhttp:\n',
      ['kinora.yaml:3:1 a second document begins with this "---": put all settings into one'],
    ],
    [
      'instance:\n  name: Films: ours\n',
      ['kinora.yaml:2:9 there is a second ": " in this line: put quotes around a text that has one in it'],
    ],
    ['instance:\n  name: 1984\n', ['kinora.yaml:2:9 instance.name: must be text, not 1984: put quotes around it']],
    [
      'accounts:\n  secret: 31415926\n',
      ['kinora.yaml:2:11 accounts.secret: must be text, not "***": put quotes around it'],
    ],
  ])('%j', (yaml, messages) => {
    expect(problems({ yaml })).toEqual(messages);
  });

  it('says where YAML itself is broken, and where a key comes twice', () => {
    expect(problems({ yaml: 'http:\n  port: [1\n' })[0]).toMatch(/^kinora\.yaml:\d+:\d+ /);
    expect(problems({ yaml: 'http:\n  port: 1\n  port: 2\n' })[0]).toMatch(/^kinora\.yaml:3:3 .*a second time/);
    const tens = (name: string) => `[${Array(10).fill(name).join(', ')}]`;
    const yaml = ['x', '*a', '*b', '*c'].map((name, n) => `${'abcd'[n]}: &${'abcd'[n]} ${tens(name)}\n`).join('');
    expect(problems({ yaml })).toEqual([expect.stringMatching(/^kinora\.yaml Excessive alias count/)]);
  });

  it.each<[string, Buffer]>([
    ['Latin-1', Buffer.from('instance:\n  name: Küche\n', 'latin1')],
    ['UTF-16', Buffer.from('\ufeffinstance:\n  name: Home\n', 'utf16le')],
  ])('refuses a file in %s', (_name, bytes) => {
    writeFileSync(join(cwd, 'other.yaml'), bytes);
    const { message } = catchError(() => load({ flags: { config: 'other.yaml' } }));
    expect(message).toContain('other.yaml  it is not in UTF-8: save it as UTF-8');
  });

  it('takes a file as Windows saves it, with a mark at its start and CRLF', () => {
    const { config, origins } = load({ yaml: '\ufeffhttp:\r\n  port: 9000\r\n' });
    expect(config.http.port).toBe(9000);
    expect(origins['http.port']).toMatch(/kinora\.yaml:2$/);
  });

  it('is told when it names a folder', () => {
    expect(problems({ flags: { config: '.' } })[0]).toMatch(/this is a folder: name the file in it$/);
  });

  it('lists everything at once: file, environment and flags', () => {
    const given = { yaml: 'http: { prot: 1 }', env: { KINORA_HTP_HOST: 'x' }, flags: { port: 'y' } };
    expect(problems(given)).toHaveLength(3);
    expect(() => load(given)).toThrow(/has 3 mistakes:\n.*http\.prot.*\n.*KINORA_HTTP_HOST.*\n.*--port/);
  });
});

it('resolves paths from where they were written', () => {
  const yaml = `data: { dir: ../d }
media: { ffmpeg: ./bin/ffmpeg, ffprobe: ffprobe }
libraries: [{ name: A, kind: home, folders: [films, /abs, ~/mine] }]`;
  const { config } = load({ yaml });
  expect(config.data.dir).toBe(join(cwd, 'd'));
  expect(config.media).toEqual({ ffmpeg: join(cwd, 'etc/bin/ffmpeg'), ffprobe: 'ffprobe' });
  expect(config.libraries[0]?.folders).toEqual([join(cwd, 'etc/films'), '/abs', join(homedir(), 'mine')]);
  expect(load({ yaml, env: { KINORA_DATA_DIR: 'env' } }).config.data.dir).toBe(join(cwd, 'env'));
  expect(load({ yaml, flags: { data: 'flag' } }).config.data.dir).toBe(join(cwd, 'flag'));
  expect(load().config.media.ffmpeg).toBe('');
});
