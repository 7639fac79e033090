import { execFileSync, spawnSync } from 'node:child_process';
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
