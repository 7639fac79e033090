import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TlsFiles } from '../../src/platform/tls.ts';

export const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

/** Makes a self-signed certificate for localhost and 127.0.0.1 with openssl; its common name tells it from others. */
export function makeCertificate(folder: string, name: string, days = 30): TlsFiles {
  const files = { certificate: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) };
  const kind = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const names = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const out = ['-keyout', files.key, '-out', files.certificate];
  execFileSync('openssl', [...kind, '-days', String(days), ...names, ...out], { stdio: 'pipe' });
  return files;
}

/** Makes an authority, as a house has one of its own, and a certificate of it for localhost and 127.0.0.1. */
export function makeAuthority(folder: string): { authority: string; server: TlsFiles } {
  const path = (name: string) => join(folder, name);
  const openssl = (...argv: string[]) => execFileSync('openssl', argv, { stdio: 'pipe' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const [authority, server] = [path('authority.crt'), { certificate: path('server.crt'), key: path('server.key') }];
  openssl('req', '-x509', ...newKey, '-subj', '/CN=Authority', '-keyout', path('authority.key'), '-out', authority);
  openssl('req', ...newKey, '-subj', '/CN=server', '-keyout', server.key, '-out', path('server.csr'));
  writeFileSync(path('names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  const signed = ['-req', '-in', path('server.csr'), '-CA', authority, '-CAkey', path('authority.key')];
  openssl('x509', ...signed, '-CAcreateserial', '-extfile', path('names'), '-out', server.certificate);
  return { authority, server };
}
