import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { serve as listen } from '@hono/node-server';
import { WebSocketServer } from 'ws';
import { createApp, type RunningApp } from '../app.ts';
import { prepareSetup } from '../features/instance/setup.ts';
import type { ConfigFlags } from '../platform/config/load.ts';
import type { Config } from '../platform/config/schema.ts';
import { openDataDir } from '../platform/datadir.ts';
import { loadedFor, logFor } from './options.ts';

/** How long open requests may take to end when the server stops. */
const GRACE_MS = 5000;

/** `kinora serve`: everything, until a signal ends it. */
export async function serve(flags: ConfigFlags): Promise<void> {
  const loaded = loadedFor(flags);
  const { config, setupToken } = loaded;
  const log = logFor(loaded);
  const dataDir = openDataDir(config.data.dir);
  let running: RunningApp | null = null;
  // Answers from the first moment on: 503 until the database is ready.
  const fetch = (request: Request, env: unknown) => running?.router.fetch(request, env as object) ?? startingAnswer();
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024 });
  const server = await bind(config, () =>
    listen({
      fetch,
      hostname: config.http.host,
      port: config.http.port,
      websocket: { server: sockets },
      serverOptions: SERVER_OPTIONS,
    }),
  ).catch((error) => {
    dataDir.close();
    throw error;
  });
  running = createApp({ config, configSource: loaded, dataDir, log });
  if (config.http.sendfile !== 'off' && config.http.trustedProxies.length === 0) {
    log.warn('http.sendfile does nothing without http.trustedProxies: add the address of your proxy there.');
  }
  stopOnSignal(server, running, (message) => log.info(message));
  running.start();
  greet(config, (server.address() as AddressInfo).port, prepareSetup(running.app, setupToken ?? undefined));
  const version = running.app.ffmpeg.version();
  if (version === null)
    log.warn('ffmpeg cannot be started: nothing new can be processed. Install it, or set media.ffmpeg.');
}

/** Uploads take as long as they take; slow headers do not. */
const SERVER_OPTIONS = { requestTimeout: 0, headersTimeout: 60_000, keepAliveTimeout: 65_000 };

async function bind(config: Config, start: () => ReturnType<typeof listen>): Promise<Server> {
  const server = start() as Server;
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve);
    server.once('error', (error: NodeJS.ErrnoException) => {
      const { host, port } = config.http;
      const sentences: Record<string, string> = {
        EADDRINUSE: `Port ${port} is in use by another program. Stop it, or choose another port with --port.`,
        EACCES: `Port ${port} may not be used by this user. Choose one above 1023 with --port.`,
        EADDRNOTAVAIL: `This machine has no address ${host}. Set http.host to one it has, or to 0.0.0.0.`,
      };
      reject(
        new Error(sentences[error.code ?? ''] ?? `Cannot listen on ${host}:${port}: ${error.message}.`, {
          cause: error,
        }),
      );
    });
  });
  return server;
}

function startingAnswer(): Response {
  const body = {
    type: 'starting',
    title: 'Starting',
    status: 503,
    detail: 'Kinora is starting. Try again in a moment.',
  };
  return new Response(JSON.stringify(body), {
    status: 503,
    headers: { 'Content-Type': 'application/problem+json; charset=utf-8', 'Retry-After': '2' },
  });
}

function stopOnSignal(server: Server, running: RunningApp, say: (message: string) => void): void {
  let stopping = false;
  const stop = async () => {
    if (stopping) process.exit(1);
    stopping = true;
    say('Stopping.');
    server.close();
    server.closeIdleConnections();
    const impatient = setTimeout(() => server.closeAllConnections(), GRACE_MS);
    impatient.unref();
    await running.stop();
    server.closeAllConnections();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop());
}

function greet(config: Config, port: number, setupToken: string | null): void {
  const local = config.http.baseUrl.replace(/\/+$/, '') || `http://localhost:${port}`;
  const everywhere = ['0.0.0.0', '::'].includes(config.http.host);
  const others = everywhere && !config.http.baseUrl ? lanAddresses().map((address) => `http://${address}:${port}`) : [];
  const lines = ['', `  ${config.instance.name} is at  ${local}`, ...others.map((url) => `             or  ${url}`)];
  if (setupToken !== null) {
    lines.push(
      '',
      '  Make the first admin with this link. It works once:',
      `  ${local}/setup?token=${encodeURIComponent(setupToken)}`,
    );
  }
  process.stdout.write(`${lines.join('\n')}\n\n`);
}

function lanAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address)
    .slice(0, 2);
}
