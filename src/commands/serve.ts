import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { createApp, type RunningApp } from '../app.ts';
import { prepareSetup } from '../features/instance/setup.ts';
import type { ConfigFlags } from '../platform/config/load.ts';
import type { Config } from '../platform/config/schema.ts';
import { openDataDir } from '../platform/datadir.ts';
import { createErrorHook } from '../platform/error-hook.ts';
import type { Log } from '../platform/log.ts';
import { unpackRest } from '../platform/natives/programs.ts';
import { openStorage } from '../platform/storage/open.ts';
import { createService } from '../platform/systemd.ts';
import { VERSION } from '../version.ts';
import { openControlChannel } from './control-channel.ts';
import { listen } from './listen.ts';
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
  const { server, reloadTls } = await listen(config, fetch, log).catch((error) => {
    dataDir.close();
    throw error;
  });
  sendErrors(config, log);
  const storage = await openStorage({ settings: config.storage, folder: dataDir.path, log });
  running = createApp({ config, configSource: loaded, dataDir, storage, log });
  if (config.http.sendfile !== 'off' && config.http.trustedProxies.length === 0) {
    log.warn('http.sendfile does nothing without http.trustedProxies: add the address of your proxy there.');
  }
  const channel = await openControlChannel(dataDir.path, running).catch((error) => {
    log.warn({ error }, 'Commands such as "kinora user" cannot reach this server: see doctor.');
    return { close() {} };
  });
  const service = createService({ env: process.env, pid: process.pid, warn: (message) => log.warn(message) });
  const stop = stopper(server, running, () => {
    log.info('Stopping.');
    service.stopping();
    channel.close();
  });
  onSignals(stop, reloadTls ?? (() => log.info('Asked to read the certificate again, but there is none: http.tls.')));
  // Before anything that takes a while: the link of the setup works as soon as somebody is answered.
  const setup = prepareSetup(running.app, setupToken ?? undefined);
  await unpackRest();
  running.start();
  service.ready();
  greet(config, (server.address() as AddressInfo).port, setup);
  const version = running.app.ffmpeg.version();
  if (version === null)
    log.warn('ffmpeg cannot be started: nothing new can be processed. Install it, or set media.ffmpeg.');
}

/**
 * Tells whoever keeps track of errors (`log.sentryDsn`). What nobody caught still ends the process, as it does without: nobody
 * knows what state it is in.
 */
function sendErrors(config: Config, log: Log): void {
  const { sentryDsn: dsn } = config.log;
  if (dsn === '') return;
  const mayNameAddresses = () => config.log.sentryAddresses;
  const hook = createErrorHook({ dsn, release: `kinora@${VERSION}`, mayNameAddresses, nowMs: Date.now });
  log.follow(hook.add);
  process.on('uncaughtException', (error) => {
    log.error({ error }, 'Something unexpected ends Kinora.');
    void hook.flush().finally(() => process.exit(1));
  });
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

/** Stops once, in order; who asks a second time does not want to wait. */
function stopper(server: Server, running: RunningApp, begin: () => void): () => Promise<void> {
  let stopping = false;
  return async () => {
    if (stopping) process.exit(1);
    stopping = true;
    begin();
    server.close();
    server.closeIdleConnections();
    const impatient = setTimeout(() => server.closeAllConnections(), GRACE_MS);
    impatient.unref();
    await running.stop();
    server.closeAllConnections();
    process.exit(0);
  };
}

/** SIGHUP is "your terminal is gone" where there was one, and "read your files again" for a service. */
function onSignals(stop: () => Promise<void>, reload: () => void): void {
  const hasTerminal = process.stdin.isTTY || process.stdout.isTTY;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop());
  process.on('SIGHUP', () => (hasTerminal ? void stop() : reload()));
}

function greet(config: Config, port: number, setupToken: string | null): void {
  const scheme = config.http.tls.certificate ? 'https' : 'http';
  const local = config.http.baseUrl.replace(/\/+$/, '') || `${scheme}://localhost:${port}`;
  const everywhere = ['0.0.0.0', '::'].includes(config.http.host);
  const others =
    everywhere && !config.http.baseUrl ? lanAddresses().map((address) => `${scheme}://${address}:${port}`) : [];
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
