import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/**
 * A server on the loopback that takes envelopes as Sentry does (https://develop.sentry.dev/sdk/data-model/envelopes/), and
 * refuses with 400 what is none.
 */
export interface SentryServer {
  dsn: string;
  events: SentryEvent[];
  /** Why something was refused. */
  refused: string[];
  close(): void;
}

export interface SentryEvent {
  event_id: string;
  level: string;
  release: string;
  message: { formatted: string };
  exception?: {
    values: { type: string; value: string; stacktrace: { frames: { filename: string; function: string }[] } }[];
  };
  tags: Record<string, string>;
  extra: Record<string, unknown>;
}

const PROJECT = '42';
const KEY = 'publicKey';

export async function startSentry(): Promise<SentryServer> {
  const events: SentryEvent[] = [];
  const refused: string[] = [];
  const server = createServer(async (request, response) => {
    try {
      if (request.url !== `/api/${PROJECT}/envelope/`) throw new Error(`no such project: ${request.url}`);
      refuseStrangers(request.headers);
      for (const { type, payload } of readEnvelope(await buffer(request))) {
        if (type === 'event') events.push(payload as SentryEvent);
      }
      response.end('{}');
    } catch (error) {
      refused.push((error as Error).message);
      response.writeHead(400).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    dsn: `http://${KEY}@127.0.0.1:${port}/${PROJECT}`,
    events,
    refused,
    close: () => void server.close(),
  };
}

function refuseStrangers(headers: IncomingHttpHeaders): void {
  const auth = String(headers['x-sentry-auth'] ?? '');
  const fields = new Map(
    auth
      .replace(/^Sentry /, '')
      .split(/,\s*/)
      .map((field) => field.split('=') as [string, string]),
  );
  if (fields.get('sentry_key') !== KEY || fields.get('sentry_version') !== '7') throw new Error(`not let in: ${auth}`);
}

/** Headers are lines of JSON; a payload is as long as its header says, or goes to the end of its line. */
function readEnvelope(bytes: Buffer): { type: string; payload: unknown }[] {
  let at = 0;
  const line = () => {
    const end = bytes.indexOf('\n', at);
    const text = bytes.toString('utf8', at, end < 0 ? bytes.length : end);
    at = end < 0 ? bytes.length : end + 1;
    return text;
  };
  const header = JSON.parse(line()) as { event_id?: string; sent_at?: string };
  if (!/^[0-9a-f]{32}$/.test(header.event_id ?? '')) throw new Error('no event_id');
  if (Number.isNaN(Date.parse(header.sent_at ?? ''))) throw new Error('no sent_at');
  const items: { type: string; payload: unknown }[] = [];
  while (at < bytes.length) {
    const { type, length } = JSON.parse(line()) as { type: string; length?: number };
    let text: string;
    if (length === undefined) text = line();
    else {
      text = bytes.toString('utf8', at, at + length);
      at += length + 1;
    }
    const payload = JSON.parse(text) as { event_id?: string };
    if (type === 'event' && payload.event_id !== header.event_id) throw new Error('another event_id');
    items.push({ type, payload });
  }
  return items;
}
