import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasOpenssl, makeCertificate } from '../../test/support/certificates.ts';
import { ConfigSchema } from './config/schema.ts';
import { readTlsPair, type TlsFiles, tlsFilesOf, watchTlsFiles } from './tls.ts';

let folder: string;
let one: TlsFiles;
let other: TlsFiles;
beforeAll(() => {
  if (!hasOpenssl) return;
  folder = mkdtempSync(join(tmpdir(), 'kinora-tls-'));
  one = makeCertificate(folder, 'one');
  other = makeCertificate(folder, 'other');
});
afterAll(() => folder && rmSync(folder, { recursive: true, force: true }));

const written = (name: string, content: string | Buffer) => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

describe.runIf(hasOpenssl)('a certificate', () => {
  it('is read with its names and dates', () => {
    const pair = readTlsPair(one);
    expect(pair.names).toContain('DNS:localhost');
    expect(pair.validToMs - pair.validFromMs).toBe(30 * 24 * 3_600_000);
  });

  it('may have its chain behind it, not before it', () => {
    const [leaf, chain] = [readFileSync(one.certificate), readFileSync(other.certificate)];
    const right = written('right.crt', Buffer.concat([leaf, chain]));
    expect(readTlsPair({ certificate: right, key: one.key }).cert.length).toBe(leaf.length + chain.length);
    const wrong = written('wrong.crt', Buffer.concat([chain, leaf]));
    expect(() => readTlsPair({ certificate: wrong, key: one.key })).toThrow(/own certificate has to come first/);
  });

  it.each<[string, () => Partial<TlsFiles>, RegExp]>([
    [
      'is missing',
      () => ({ certificate: join(folder, 'none') }),
      /http\.tls\.certificate: .*none cannot be read: there is no such file/,
    ],
    [
      'has no key',
      () => ({ key: join(folder, 'none') }),
      /http\.tls\.key: .*none cannot be read: there is no such file/,
    ],
    ['is a folder', () => ({ certificate: folder }), /cannot be read: it is a folder/],
    ['is none', () => ({ certificate: written('text', 'no certificate') }), /text holds no certificate in PEM/],
    ['has a key that is none', () => ({ key: written('text', 'no key') }), /text holds no private key in PEM/],
    [
      'has the key of another',
      () => ({ key: other.key }),
      /other\.key does not belong to the certificate in .*one\.crt/,
    ],
    ['has a key with a passphrase', () => ({ key: locked() }), /locked\.key has a passphrase/],
  ])('that %s is refused with a sentence', (_what, wrong, sentence) => {
    expect(() => readTlsPair({ ...one, ...wrong() })).toThrow(sentence);
  });

  it('needs its key in the configuration, too', () => {
    const withTls = (tls: Partial<TlsFiles>) => ConfigSchema.parse({ http: { tls } });
    expect(tlsFilesOf(withTls({}))).toBe(null);
    expect(tlsFilesOf(withTls(one))).toEqual(one);
    expect(() => tlsFilesOf(withTls({ key: 'k' }))).toThrow('http.tls.key is set without http.tls.certificate');
    expect(() => tlsFilesOf(withTls({ certificate: 'c' }))).toThrow('http.tls.certificate is set without http.tls.key');
  });
});

it.runIf(hasOpenssl)('is noticed when it changes, once for both files', async () => {
  let changes = 0;
  const files = { certificate: written('w.crt', 'a'), key: written('w.key', 'a') };
  const stop = watchTlsFiles(files, () => changes++, { intervalMs: 20, settleMs: 500 });
  // The first look only remembers.
  await new Promise((resolve) => setTimeout(resolve, 100));
  for (const path of Object.values(files)) writeFileSync(path, 'another');
  await expect.poll(() => changes).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 700));
  stop();
  expect(changes).toBe(1);
});

function locked(): string {
  const path = join(folder, 'locked.key');
  execFileSync('openssl', ['pkey', '-in', one.key, '-aes256', '-passout', 'pass:x', '-out', path]);
  return path;
}
