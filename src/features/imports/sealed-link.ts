import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { App } from '../../ports.ts';

/**
 * Links lie sealed in the database (AES-256-GCM, under a key of the instance's secret): they may hold passwords, or signatures
 * that are as good. Who has a copy of the database alone reads none of them.
 */
const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export function sealLink(app: App, videoId: string, link: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, keyOf(app), nonce).setAAD(Buffer.from(videoId));
  const sealed = Buffer.concat([cipher.update(link, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
}

/** Null where the secret is another one by now, or the row was tampered with. */
export function openLink(app: App, videoId: string, sealedLink: string): string | null {
  const bytes = Buffer.from(sealedLink, 'base64url');
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const tag = bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
  try {
    const decipher = createDecipheriv(ALGORITHM, keyOf(app), nonce, { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(videoId))
      .setAuthTag(tag);
    const opened = [decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()];
    return Buffer.concat(opened).toString('utf8');
  } catch {
    return null;
  }
}

function keyOf(app: App): Buffer {
  const secret = app.config.accounts.secret ?? app.dataDir.secret;
  return Buffer.from(hkdfSync('sha256', secret, '', 'kinora import links', 32));
}
