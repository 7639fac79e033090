import {
  createCipheriv,
  createECDH,
  createHash,
  createPrivateKey,
  type ECDH,
  hkdfSync,
  randomBytes,
  sign,
} from 'node:crypto';
import { DAY_MS, HOUR_MS, SECOND_MS, type TimeMs } from '../core/time.ts';

/** Web push: messages to browsers by way of their makers' services (RFC 8030), which cannot read them (RFC 8291). */

/** Who we are to push services (RFC 8292): an uncompressed point of P-256 and its scalar, in base64url. */
export interface PushKeys {
  publicKey: string;
  privateKey: string;
}

/** A browser's subscription, as `PushSubscription.toJSON()` has it: keys in base64url. */
export interface PushTarget {
  endpoint: string;
  p256dh: string;
  auth: string;
}

export interface PushMessage {
  /** What the service worker reads: JSON, at most 3993 bytes. */
  text: string;
  /** A later message of the same topic takes the place of one that has not been delivered. */
  topic: string;
}

export interface PushAnswer {
  /** The push service's HTTP status; 201 where it took the message. */
  status: number;
  /** Its own words, shortened. */
  text: string;
}

const CURVE = 'prime256v1';
/** RFC 8188's record size; all of a message is one record. */
const RECORD_BYTES = 4096;
const POINT_BYTES = 65;
/** Of no use after a day: what is still so is said again then. */
const TTL_SECONDS = DAY_MS / SECOND_MS;
const ANSWER_MS = 20 * SECOND_MS;

export function makePushKeys(): PushKeys {
  const pair = createECDH(CURVE);
  pair.generateKeys();
  return { publicKey: pair.getPublicKey('base64url'), privateKey: pair.getPrivateKey('base64url') };
}

/** Whether both belong together. */
export function arePushKeys({ publicKey, privateKey }: PushKeys): boolean {
  try {
    return pairOf(privateKey).getPublicKey('base64url') === publicKey;
  } catch {
    return false;
  }
}

/** Whether a browser could have made it: an address of HTTPS, a point of the curve, 16 bytes. */
export function isPushTarget({ endpoint, p256dh, auth }: PushTarget): boolean {
  const url = URL.parse(endpoint);
  if (url?.protocol !== 'https:' || url.username !== '' || Buffer.from(auth, 'base64url').length !== 16) return false;
  try {
    fresh().pair.computeSecret(Buffer.from(p256dh, 'base64url'));
    return true;
  } catch {
    return false;
  }
}

/**
 * Hands a message to the push service of a browser. `contact`: a `mailto:` or `https:` address for whoever runs that service.
 * Throws where there is no answer; a refusal is an answer.
 */
export async function sendPush(
  target: PushTarget,
  { text, topic }: PushMessage,
  { keys, contact, nowMs, signal }: { keys: PushKeys; contact: string; nowMs: TimeMs; signal: AbortSignal },
): Promise<PushAnswer> {
  const response = await fetch(target.endpoint, {
    method: 'POST',
    // A subscription's address is all that was agreed upon.
    redirect: 'manual',
    body: encryptPush(target, Buffer.from(text)) as Uint8Array<ArrayBuffer>,
    headers: {
      Authorization: vapid(target.endpoint, keys, contact, nowMs),
      'Content-Encoding': 'aes128gcm',
      'Content-Type': 'application/octet-stream',
      TTL: String(TTL_SECONDS),
      Urgency: 'normal',
      // RFC 8030, 5.4: at most 32 letters of base64url.
      Topic: createHash('sha256').update(topic).digest('base64url').slice(0, 32),
    },
    signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
  });
  return { status: response.status, text: (await response.text()).trim().slice(0, 300) };
}

/** RFC 8291: encrypts for one browser. `own` is for test vectors alone. */
export function encryptPush(
  { p256dh, auth }: Pick<PushTarget, 'p256dh' | 'auth'>,
  plain: Buffer,
  own: { pair: ECDH; salt: Buffer } = fresh(),
): Buffer {
  if (plain.length > RECORD_BYTES - POINT_BYTES - 21 - 17) throw new Error('This is too long for a push message.');
  const theirs = Buffer.from(p256dh, 'base64url');
  const ours = own.pair.getPublicKey();
  const secret = own.pair.computeSecret(theirs);
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), theirs, ours]);
  const input = derive(secret, Buffer.from(auth, 'base64url'), info, 32);
  const key = derive(input, own.salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
  const nonce = derive(input, own.salt, Buffer.from('Content-Encoding: nonce\0'), 12);
  const cipher = createCipheriv('aes-128-gcm', key, nonce);
  // RFC 8188, 2: a 2 ends the last record.
  const sealed = [cipher.update(plain), cipher.update(Buffer.from([2])), cipher.final(), cipher.getAuthTag()];
  const head = Buffer.alloc(5);
  head.writeUInt32BE(RECORD_BYTES, 0);
  head.writeUInt8(ours.length, 4);
  return Buffer.concat([own.salt, head, ours, ...sealed]);
}

export function pairOf(privateKey: string): ECDH {
  const pair = createECDH(CURVE);
  pair.setPrivateKey(privateKey, 'base64url');
  return pair;
}

function fresh(): { pair: ECDH; salt: Buffer } {
  const pair = createECDH(CURVE);
  pair.generateKeys();
  return { pair, salt: randomBytes(16) };
}

function derive(input: Buffer, salt: Buffer, info: Buffer, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', input, salt, info, bytes));
}

/** RFC 8292: a token for this push service alone, signed by our key (RFC 7518, 3.4). */
function vapid(endpoint: string, { publicKey, privateKey }: PushKeys, contact: string, nowMs: TimeMs): string {
  const point = Buffer.from(publicKey, 'base64url');
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString('base64url'));
  const key = createPrivateKey({ key: { kty: 'EC', crv: 'P-256', x: x!, y: y!, d: privateKey }, format: 'jwk' });
  const claims = { aud: new URL(endpoint).origin, exp: Math.floor((nowMs + 12 * HOUR_MS) / SECOND_MS), sub: contact };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const unsigned = `${part({ typ: 'JWT', alg: 'ES256' })}.${part(claims)}`;
  const signature = sign('sha256', Buffer.from(unsigned), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
  return `vapid t=${unsigned}.${signature}, k=${publicKey}`;
}
