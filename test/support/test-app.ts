import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { WebSocketServer } from 'ws';
import { createApp, type RunningApp } from '../../src/app.ts';
import { prepareSetup } from '../../src/features/instance/setup.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { type Config, ConfigSchema } from '../../src/platform/config/schema.ts';
import { openDataDir } from '../../src/platform/datadir.ts';
import { createLog } from '../../src/platform/log.ts';
import { openStorage } from '../../src/platform/storage/open.ts';
import { createClient, type TestClient } from './client.ts';
import { createOpenApiCheck, type OpenApi, type OpenApiCheck } from './openapi-check.ts';

/** Kinora itself, in this process, on a free port of the loopback, with a data folder of its own. */
export interface TestApp extends RunningApp {
  url: string;
  folder: string;
  setupToken: string;
  openapi: OpenApiCheck;
  /** A client that is nobody yet; every response is held against the OpenAPI document. */
  client(token?: string): TestClient;
  admin(): Promise<TestClient>;
  member(name?: string): Promise<TestClient>;
  /** Sets the server's clock forward. Timers under way do not notice. */
  travel(ms: number): void;
  /** Stops it and removes its folder. */
  close(): Promise<void>;
}

type DeepPartial<T> = T extends unknown[] ? T : T extends object ? { [K in keyof T]?: DeepPartial<T[K]> } : T;

const PASSWORD = 'correct horse battery';

export async function createTestApp(settings: DeepPartial<Config> = {}): Promise<TestApp> {
  const folder = mkdtempSync(join(tmpdir(), 'kinora-test-'));
  const media = {
    ffmpeg: process.env['KINORA_MEDIA_FFMPEG'] ?? '',
    ffprobe: process.env['KINORA_MEDIA_FFPROBE'] ?? '',
  };
  const accounts = { registration: 'open', ...settings.accounts };
  // Trials of devices are for the tests that are about them.
  const encoding = { hardware: 'off', ...settings.encoding };
  const config = ConfigSchema.parse({ media, ...settings, accounts, encoding });
  const isTold = Boolean(process.env['KINORA_TEST_LOG']);
  const log = createLog({ level: isTold ? 'debug' : 'info', json: false, ...(isTold ? {} : { write: () => {} }) });
  let ahead = 0;
  const clock = { ...systemClock, nowMs: () => Date.now() + ahead };
  const dataDir = openDataDir(join(folder, 'data'));
  const storage = await openStorage({ settings: config.storage, folder: dataDir.path, log });
  const running = createApp({ config, dataDir, storage, log, clock });
  const setupToken = prepareSetup(running.app, undefined)!;
  const sockets = new WebSocketServer({ noServer: true });
  const server = serve({
    fetch: running.router.fetch,
    port: 0,
    hostname: '127.0.0.1',
    websocket: { server: sockets },
  }) as Server;
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  running.start();
  const openapi = createOpenApiCheck((await (await fetch(`${url}/api/openapi.json`)).json()) as OpenApi);
  const client = (token?: string) => createClient(url, openapi, token);
  let admin: Promise<TestClient> | null = null;
  return {
    ...running,
    url,
    folder,
    setupToken,
    openapi,
    client,
    admin: () => (admin ??= signUp(client, '/api/setup', { ...person('admin'), token: setupToken })),
    member: (name = 'member') => signUp(client, '/api/auth/register', person(name)),
    travel: (ms) => {
      ahead += ms;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function person(username: string) {
  return { username, email: `${username}@example.org`, password: PASSWORD };
}

async function signUp(client: TestApp['client'], path: string, body: object): Promise<TestClient> {
  const { token } = await client().post<{ token: string }>(path, body, 201);
  return client(token);
}
