import { createServer as createHttpServer, type Server, type ServerOptions } from 'node:http';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import { serve } from '@hono/node-server';
import { WebSocketServer } from 'ws';
import { DAY_MS } from '../core/time.ts';
import type { Config } from '../platform/config/schema.ts';
import type { Log } from '../platform/log.ts';
import { readTlsPair, type TlsFiles, type TlsPair, tlsFilesOf, watchTlsFiles } from '../platform/tls.ts';
import { explainRefusals, isSocketRequest, requestListener } from './bad-requests.ts';

export interface Listening {
  server: Server;
  /** Reads certificate and key again; null where Kinora speaks plain HTTP. */
  reloadTls: (() => void) | null;
}

/** Uploads take as long as they take; slow headers do not. */
const SERVER_OPTIONS = {
  requestTimeout: 0,
  headersTimeout: 60_000,
  keepAliveTimeout: 65_000,
  shouldUpgradeCallback: isSocketRequest,
};

/** Listens as `http` says, by HTTPS where it names a certificate. Throws sentences for what keeps it from doing so. */
export async function listen(
  config: Config,
  fetch: (request: Request, env: unknown) => Response | Promise<Response>,
  log: Log,
): Promise<Listening> {
  const tlsFiles = tlsFilesOf(config);
  const pair = tlsFiles && readTlsPair(tlsFiles);
  const listener = requestListener(fetch);
  const server = serve({
    fetch,
    hostname: config.http.host,
    port: config.http.port,
    websocket: { server: new WebSocketServer({ noServer: true, maxPayload: 64 * 1024 }) },
    serverOptions: { ...SERVER_OPTIONS, ...(pair ? pemOf(pair) : {}) },
    createServer: ((options: ServerOptions) =>
      pair ? createHttpsServer(options, listener) : createHttpServer(options, listener)) as typeof createHttpServer,
  }) as Server;
  explainRefusals(server);
  await listening(server, config);
  if (!tlsFiles || !pair) return { server, reloadTls: null };
  warnOfDates(pair, log);
  return { server, reloadTls: keepFresh(server as HttpsServer, tlsFiles, log) };
}

const pemOf = ({ cert, key }: TlsPair) => ({ cert, key });

/** Takes new files for new connections; with a pair that is not whole it goes on with the one it has. */
function keepFresh(server: HttpsServer, files: TlsFiles, log: Log): () => void {
  const reload = () => {
    try {
      const pair = readTlsPair(files);
      server.setSecureContext(pemOf(pair));
      const until = new Date(pair.validToMs).toISOString().slice(0, 10);
      log.info(`The certificate was read again: ${pair.names}, valid until ${until}.`);
      warnOfDates(pair, log);
    } catch (error) {
      log.error(`The certificate in use stays: ${(error as Error).message}`);
    }
  };
  server.once('close', watchTlsFiles(files, reload));
  return reload;
}

/** Browsers refuse such certificates, but a server without any helps nobody either. */
function warnOfDates({ validFromMs, validToMs, names }: TlsPair, log: Log): void {
  const nowMs = Date.now();
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  if (validToMs < nowMs) log.warn(`The certificate for ${names} expired on ${day(validToMs)}: renew it.`);
  else if (validToMs < nowMs + 14 * DAY_MS) log.warn(`The certificate for ${names} expires on ${day(validToMs)}.`);
  if (validFromMs > nowMs)
    log.warn(`The certificate for ${names} is not valid before ${day(validFromMs)}: is the clock right?`);
}

const noSuchAddress = (host: string) =>
  `This machine has no address ${host}. Set http.host to one it has, or to 0.0.0.0.`;

async function listening(server: Server, { http }: Config): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve);
    server.once('error', (error: NodeJS.ErrnoException) => {
      const { host, port } = http;
      const sentences: Record<string, string> = {
        EADDRINUSE: `Port ${port} is in use by another program. Stop it, or choose another port with --port.`,
        EACCES: `Port ${port} may not be used by this user. Choose one above 1023 with --port.`,
        EADDRNOTAVAIL: noSuchAddress(host),
        ENOTFOUND: noSuchAddress(host),
        EAI_AGAIN: noSuchAddress(host),
      };
      const sentence = sentences[error.code ?? ''] ?? `Cannot listen on ${host}:${port}: ${error.message}.`;
      reject(new Error(sentence, { cause: error }));
    });
  });
}
