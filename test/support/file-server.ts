import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A web server on the loopback that has one file, and the habits that servers of files have. */
export interface FileServer {
  /** `http://127.0.0.1:port`, without a slash at its end. */
  url: string;
  /** Every request so far. */
  requests: { path: string; range: string | null; ifRange: string | null; authorization: string | null }[];
  /** How many bytes of bodies have been sent. */
  sentBytes(): number;
  /** Changes its habits from the next request on. */
  become(habits: Habits): void;
  close(): Promise<void>;
}

export interface Habits {
  content?: Buffer;
  /** Headers of every answer; null leaves one out that would be there. */
  headers?: Record<string, string | null>;
  etag?: string | null;
  ranges?: boolean;
  /** Says that the file has so many bytes. */
  claimedBytes?: number;
  /** Without a Content-Length. */
  chunked?: boolean;
  /** The connection is cut after so many bytes of each answer; a list: of the first, the second ... */
  cutAfter?: number | number[];
  /** At most so many bytes a second. */
  bytesPerSecond?: number;
  /** Answers with this instead. */
  status?: number;
  /** By path, before anything else. */
  answer?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

export async function startFileServer(habits: Habits = {}, host = '127.0.0.1', port = 0): Promise<FileServer> {
  let now = habits;
  let sent = 0;
  let cuts = 0;
  const requests: FileServer['requests'] = [];
  const server = createServer((request, response) => {
    const header = (name: string) => (request.headers[name] as string | undefined) ?? null;
    const path = request.url ?? '';
    requests.push({
      path,
      range: header('range'),
      ifRange: header('if-range'),
      authorization: header('authorization'),
    });
    if (now.answer?.(request, response)) return;
    void serveFile(request, response).catch(() => response.destroy());
  });

  async function serveFile(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { content = Buffer.alloc(0), etag = '"one"', ranges = true, status = 200, claimedBytes } = now;
    const total = claimedBytes ?? content.length;
    const wanted = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
    const isSame = request.headers['if-range'] === undefined || request.headers['if-range'] === etag;
    const from = ranges && isSame && wanted && status === 200 ? Number(wanted[1]) : 0;
    if (from >= total && from > 0) {
      response.writeHead(416, { 'Content-Range': `bytes */${total}` }).end();
      return;
    }
    const headers: Record<string, string | null> = {
      'Content-Type': 'video/mp4',
      ETag: etag,
      'Accept-Ranges': ranges ? 'bytes' : 'none',
      'Content-Length': now.chunked ? null : String(total - from),
      'Content-Range': from > 0 ? `bytes ${from}-${total - 1}/${total}` : null,
      ...now.headers,
    };
    for (const [name, value] of Object.entries(headers)) if (value !== null) response.setHeader(name, value);
    response.writeHead(from > 0 ? 206 : status);
    const cut = Array.isArray(now.cutAfter) ? now.cutAfter[cuts++] : now.cutAfter;
    const body = content.subarray(from, cut === undefined ? undefined : from + cut);
    await send(response, body);
    if (cut !== undefined && from + cut < content.length) response.destroy();
    else response.end();
  }

  async function send(response: ServerResponse, body: Buffer): Promise<void> {
    const part = now.bytesPerSecond ? Math.max(1, Math.floor(now.bytesPerSecond / 20)) : 256 * 1024;
    for (let at = 0; at < body.length && !response.destroyed; at += part) {
      const bytes = body.subarray(at, at + part);
      await new Promise((done) => response.write(bytes, done));
      sent += bytes.length;
      if (now.bytesPerSecond) await new Promise((done) => setTimeout(done, 50));
    }
  }

  await new Promise<void>((done) => server.listen(port, host, done));
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${portOf(server)}`,
    requests,
    sentBytes: () => sent,
    become(next) {
      now = next;
      cuts = 0;
    },
    close() {
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    },
  };
}

const portOf = (server: Server) => (server.address() as AddressInfo).port;
