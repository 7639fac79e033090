import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';

/** What is no request that the router could be asked: it gets a problem (RFC 9457), too. */

/** Hands requests to `fetch`; answers 400 where the address or the Host header make none. */
export function requestListener(fetch: Parameters<typeof getRequestListener>[0]) {
  // For HTTP/1.0, which may come without Host; our own address may be none that fits into a URL ("::").
  return getRequestListener(fetch, { hostname: 'localhost', errorHandler: answerBadRequest });
}

/** Sockets are for WebSockets. Other offers to upgrade, such as h2c, may be ignored (RFC 9110 section 7.8). */
export function isSocketRequest({ headers, url = '' }: Pick<IncomingMessage, 'headers' | 'url'>): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket' && url.split('?')[0]!.includes('/ws/');
}

/** Answers what Node refuses by itself: it would send a status and not a word. */
export function explainRefusals(server: Server): void {
  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    const { status, headers, body } = problemOf('expectation-failed');
    response.writeHead(status, headers).end(body);
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    // As Node itself sees to it: nothing is written into an answer that is under way.
    const { _httpMessage: current } = socket as { _httpMessage?: ServerResponse };
    if (!socket.writable || current?.headersSent) {
      socket.destroy();
      return;
    }
    const { status, title, headers, body } = problemOf(REFUSALS[error.code ?? ''] ?? 'bad-request');
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.end(`HTTP/1.1 ${status} ${title}\r\n${lines.join('')}\r\n${body}`);
  });
}

function answerBadRequest(error: unknown): Response {
  const isOurs = !(error instanceof Error && error.name === 'RequestError');
  const { status, headers, body } = problemOf(isOurs ? 'internal-error' : 'bad-address');
  return new Response(body, { status, headers });
}

const REFUSALS: Record<string, Name> = {
  HPE_HEADER_OVERFLOW: 'headers-too-large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'body-too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request-too-slow',
};

const PROBLEMS = {
  'bad-request': [400, 'Bad Request', 'This is no HTTP request that can be understood.'],
  'bad-address': [400, 'Bad Request', 'The address or the Host header of this request is not valid.'],
  'request-too-slow': [408, 'Request Timeout', 'The headers of this request took too long. Send it again.'],
  'body-too-large': [413, 'Content Too Large', 'The chunks of this body carry more than they may.'],
  'expectation-failed': [417, 'Expectation Failed', 'Of what "Expect" may ask for, only "100-continue" is met.'],
  'headers-too-large': [
    431,
    'Request Header Fields Too Large',
    'The address or the headers of this request are longer than 16 KB. Deleting the cookies of this site may help.',
  ],
  'internal-error': [500, 'Internal Server Error', 'Something went wrong on the server. Trying again may help.'],
} as const;
type Name = keyof typeof PROBLEMS;

function problemOf(type: Name) {
  const [status, title, detail] = PROBLEMS[type];
  const body = JSON.stringify({ type, title, status, detail });
  const headers = {
    'Content-Type': 'application/problem+json; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(body)),
    'Cache-Control': 'no-store',
    Connection: 'close',
  };
  return { status, title, headers, body };
}
