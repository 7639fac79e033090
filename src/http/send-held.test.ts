import { Agent, get, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { randomFrom } from '../../test/support/damage.ts';
import { allocateCounted } from '../core/counted-bytes.ts';
import { createHotCache } from '../streaming/store/hot-cache.ts';
import { createHeldBytes } from './held-bytes.ts';
import { sendHeld } from './send-held.ts';

/** Whoever takes a segment gets that one and no other, while its memory comes and goes. */

const MB = 1024 * 1024;
const hot = createHotCache(64 * MB);
const held = createHeldBytes(1000 * MB);
const made: Buffer[] = [];
let server: Server;
let origin: string;

/** The first is more than the system takes over at once. */
const sizeOf = (n: number) => (n === 0 ? 15 * MB : 3_000_000 + n * 10_007);
/** Every byte tells of which segment it is, and where in it. */
const pattern = (n: number, from = 0) => Buffer.from(Array.from({ length: 251 }, (_, at) => ((from + at) % 251) ^ n));
const isSegment = (bytes: Buffer, n: number, from = 0) => bytes.equals(Buffer.alloc(bytes.length, pattern(n, from)));

async function make(n: number): Promise<Buffer> {
  await nextTurn();
  const bytes = allocateCounted(sizeOf(n));
  bytes.fill(pattern(n));
  made.push(bytes);
  return bytes;
}

const app = new Hono();
app.get('/:n', async (c) => {
  const n = c.req.param('n');
  const bytes = hot.find(n) ?? (await hot.get(n, () => make(Number(n))));
  return sendHeld(c, held, bytes, { contentType: 'video/iso.segment', cache: 'no-store' });
});

beforeAll(async () => {
  server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) as Server;
  await new Promise((resolve) => server.once('listening', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

type Manner = 'at once' | 'slowly' | 'in part' | 'not to the end';

/** What came of a segment; null where the client left in the middle. */
function take(n: number, manner: Manner, agent: Agent, waiting: Promise<void> = pause(30)): Promise<Buffer | null> {
  const headers = manner === 'in part' ? { range: 'bytes=1000-2500000' } : {};
  return new Promise((resolve, reject) => {
    const asking = get(`${origin}/${n}`, { agent, headers }, async (reply) => {
      const parts: Buffer[] = [];
      if (manner === 'slowly') await waiting;
      for await (const part of reply) {
        parts.push(part as Buffer);
        if (manner === 'not to the end' && parts.length > 3) {
          asking.destroy();
          return resolve(null);
        }
      }
      resolve(Buffer.concat(parts));
    });
    asking.on('error', reject);
  });
}

it('sends every viewer what they asked for, and gives its memory back', { timeout: 60_000 }, async () => {
  const random = randomFrom(5);
  const agent = new Agent({ keepAlive: true });
  const manners: Manner[] = ['at once', 'slowly', 'slowly', 'in part', 'not to the end'];
  const viewer = async () => {
    for (let round = 0; round < 12; round++) {
      const n = 1 + Math.floor(random() * 40);
      const manner = manners[Math.floor(random() * manners.length)]!;
      const bytes = await take(n, manner, agent);
      if (!bytes) continue;
      const [from, length] = manner === 'in part' ? [1000, 2_499_001] : [0, sizeOf(n)];
      expect(bytes).toHaveLength(length);
      expect(isSegment(bytes, n, from), `segment ${n}, ${manner}`).toBe(true);
    }
  };
  await Promise.all(Array.from({ length: 10 }, viewer));
  agent.destroy();
  await expect.poll(() => held.bytes(), { timeout: 5000 }).toBe(0);
  await nextTurn();
  expect(made.length).toBeGreaterThan(50);
  const left = made.reduce((sum, bytes) => sum + bytes.length, 0);
  expect(left).toBe(hot.sizeBytes());
});

it('keeps the memory of what somebody has not taken yet', { timeout: 30_000 }, async () => {
  const agent = new Agent();
  const taking = Promise.withResolvers<void>();
  const slow = take(0, 'slowly', agent, taking.promise);
  await expect.poll(() => hot.find('0')).not.toBeNull();
  await expect.poll(() => held.bytes()).toBe(sizeOf(0));
  // Pushed out, and its memory would be theirs.
  for (let n = 41; n < 80; n++) await hot.get(`${n}`, () => make(n));
  await pause(30);
  expect(hot.find('0')).toBeNull();
  taking.resolve();
  const bytes = await slow;
  expect(bytes).toHaveLength(sizeOf(0));
  expect(isSegment(bytes!, 0)).toBe(true);
  await expect.poll(() => held.bytes()).toBe(0);
});

it('leaves what nobody says the end of to the garbage collector', async () => {
  const reply = await app.request('/24');
  for (let n = 81; n < 110; n++) await hot.get(`${n}`, () => make(n));
  await nextTurn();
  await nextTurn();
  expect(isSegment(Buffer.from(await reply.arrayBuffer()), 24)).toBe(true);
});
