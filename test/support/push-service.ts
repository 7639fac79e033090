import { createECDH, createPublicKey, type ECDH, randomBytes, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import ece from 'http_ece';
import type { TlsFiles } from '../../src/platform/tls.ts';

/**
 * A push service and its browsers on the loopback: it takes what is signed as RFC 8292 wants it by the key a browser
 * subscribed with, and each browser decrypts by `http_ece`, which knows nothing of our code.
 */
export interface PushService {
  /** A browser subscribes, as `PushSubscription.toJSON()` gives it. */
  subscribe(publicKey: string): { endpoint: string; keys: { p256dh: string; auth: string } };
  /** What browsers were told, decrypted. */
  told: Told[];
  /** What was refused, and why. */
  refused: string[];
  /** Answers all that follows with this status, as a service that has had enough; null: as usual. */
  answerWith(status: number | null): void;
  /** As a browser whose user took the permission back. */
  forget(endpoint: string): void;
  close(): Promise<void>;
}

export interface Told {
  endpoint: string;
  message: { title: string; body: string; path: string; tag: string };
  contact: string;
  headers: IncomingMessage['headers'];
}

interface Browser {
  pair: ECDH;
  auth: Buffer;
  publicKey: string;
}

export async function startPushService(files: TlsFiles): Promise<PushService> {
  const browsers = new Map<string, Browser>();
  const told: Told[] = [];
  const refused: string[] = [];
  let status: number | null = null;
  const server = createServer({ cert: readFileSync(files.certificate), key: readFileSync(files.key) });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `https://localhost:${(server.address() as AddressInfo).port}`;

  server.on('request', async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const answer = (code: number, text = '') => {
      if (code >= 400) refused.push(`${code} ${text}`);
      response.writeHead(code).end(text);
    };
    if (status !== null) return answer(status, 'not now');
    const endpoint = `${origin}${request.url}`;
    const browser = browsers.get(endpoint);
    if (!browser) return answer(410, 'unsubscribed');
    try {
      const contact = checkVapid(request.headers.authorization ?? '', origin, browser.publicKey);
      if (request.method !== 'POST' || !request.headers.ttl) throw new Error('no TTL');
      if (!/^[\w-]{1,32}$/.test(String(request.headers.topic))) throw new Error('a topic of RFC 8030 5.4 is wanted');
      if (request.headers['content-encoding'] !== 'aes128gcm') throw new Error('not encrypted');
      const plain = ece.decrypt(Buffer.concat(chunks), {
        version: 'aes128gcm',
        privateKey: browser.pair,
        authSecret: browser.auth.toString('base64url'),
      });
      told.push({ endpoint, message: JSON.parse(plain.toString('utf8')), contact, headers: request.headers });
      answer(201);
    } catch (error) {
      answer(403, (error as Error).message);
    }
  });

  return {
    told,
    refused,
    answerWith: (code) => {
      status = code;
    },
    forget: (endpoint) => void browsers.delete(endpoint),
    subscribe(publicKey) {
      const pair = createECDH('prime256v1');
      pair.generateKeys();
      const endpoint = `${origin}/push/${randomBytes(12).toString('base64url')}`;
      const auth = randomBytes(16);
      browsers.set(endpoint, { pair, auth, publicKey });
      return { endpoint, keys: { p256dh: pair.getPublicKey('base64url'), auth: auth.toString('base64url') } };
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** RFC 8292, 2 and 4.2: signed by the key of the subscription, for this service, for at most a day. Returns the contact. */
function checkVapid(authorization: string, origin: string, publicKey: string): string {
  const [, head = '', claims = '', signature = '', key] =
    /^vapid t=([\w-]+)\.([\w-]+)\.([\w-]+), k=([\w-]+)$/.exec(authorization) ?? [];
  if (key !== publicKey) throw new Error('another key than that of the subscription');
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
  if (read(head)['alg'] !== 'ES256') throw new Error('another algorithm');
  const point = Buffer.from(key, 'base64url');
  const [x, y] = [point.subarray(1, 33).toString('base64url'), point.subarray(33).toString('base64url')];
  const jwk = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
  const signed = Buffer.from(`${head}.${claims}`);
  const isRight = verify(
    'sha256',
    signed,
    { key: jwk, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
  if (!isRight) throw new Error('wrongly signed');
  const { aud, exp, sub } = read(claims);
  if (aud !== origin) throw new Error(`for ${aud}`);
  const leftMs = Number(exp) * 1000 - Date.now();
  // The clock of a test may be ahead of ours by days.
  if (!(leftMs > 0)) throw new Error('expired');
  if (!/^(mailto:|https:)/.test(String(sub))) throw new Error('nobody to write to');
  return String(sub);
}
