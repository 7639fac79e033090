import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync, type StatsListener, unwatchFile, watchFile } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { Config } from './config/schema.ts';

/** HTTPS by files: a certificate with its chain and its key, both in PEM. */

export interface TlsFiles {
  certificate: string;
  key: string;
}

export interface TlsPair {
  /** PEM, as `https.createServer` and `setSecureContext` take them. */
  cert: Buffer;
  key: Buffer;
  /** Whom it is for: `DNS:video.example, DNS:www.video.example`, else its subject. */
  names: string;
  validFromMs: number;
  validToMs: number;
}

/** The files of `http.tls`; null where neither is set. Throws a sentence where one of them is missing. */
export function tlsFilesOf({ http }: Config): TlsFiles | null {
  const { certificate, key } = http.tls;
  if (certificate && key) return { certificate, key };
  if (!certificate && !key) return null;
  const [given, missing] = certificate ? ['certificate', 'key'] : ['key', 'certificate'];
  throw new Error(`http.tls.${given} is set without http.tls.${missing}: HTTPS needs both.`);
}

/** Reads and checks both. Throws a sentence that names the file and says what is wrong with it. */
export function readTlsPair(files: TlsFiles): TlsPair {
  const cert = readPem(files.certificate, 'certificate');
  const key = readPem(files.key, 'key');
  const leaf = parseCertificate(cert, files.certificate);
  if (!leaf.checkPrivateKey(parseKey(key, files.key))) {
    throw new Error(
      `The key in ${files.key} does not belong to the certificate in ${files.certificate}. The server's own certificate has to come first in that file, the chain after it.`,
    );
  }
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    throw new Error(`${files.certificate} cannot be used for HTTPS: ${(error as Error).message}.`, { cause: error });
  }
  return {
    cert,
    key,
    names: leaf.subjectAltName ?? leaf.subject.replaceAll('\n', ', '),
    validFromMs: Date.parse(leaf.validFrom),
    validToMs: Date.parse(leaf.validTo),
  };
}

function readPem(path: string, what: 'certificate' | 'key'): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reasons: Record<string, string> = {
      ENOENT: 'there is no such file',
      EACCES: 'the user that runs Kinora may not read it',
      EISDIR: 'it is a folder',
    };
    throw new Error(`http.tls.${what}: ${path} cannot be read: ${reasons[code ?? ''] ?? message}.`, { cause: error });
  }
}

function parseCertificate(pem: Buffer, path: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (error) {
    throw new Error(`${path} holds no certificate in PEM ("-----BEGIN CERTIFICATE-----").`, { cause: error });
  }
}

function parseKey(pem: Buffer, path: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    const isLocked = /ENCRYPTED/.test(pem.toString('latin1'));
    const sentence = isLocked
      ? `The key in ${path} has a passphrase, which nobody could type at a start. Take it off: openssl pkey -in KEY -out KEY-WITHOUT.`
      : `${path} holds no private key in PEM ("-----BEGIN PRIVATE KEY-----").`;
    throw new Error(sentence, { cause: error });
  }
}

export interface WatchOptions {
  /** How often the files are looked at. */
  intervalMs?: number;
  /** How long they have to stay as they are: certificate and key are seldom written in the same moment. */
  settleMs?: number;
}

/**
 * Calls `changed` when one of the files has become another. They are looked at by `stat`, since certbot and Kubernetes
 * exchange symbolic links, which no watching of the file itself would notice. Returns the way to stop.
 */
export function watchTlsFiles(files: TlsFiles, changed: () => void, options: WatchOptions = {}): () => void {
  const { intervalMs = 5000, settleMs = 2000 } = options;
  let timer: NodeJS.Timeout | undefined;
  const listener: StatsListener = () => {
    clearTimeout(timer);
    timer = setTimeout(changed, settleMs);
    timer.unref();
  };
  const paths = [files.certificate, files.key];
  for (const path of paths) watchFile(path, { interval: intervalMs, persistent: false }, listener);
  return () => {
    clearTimeout(timer);
    for (const path of paths) unwatchFile(path, listener);
  };
}
