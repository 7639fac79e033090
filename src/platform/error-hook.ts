import { randomBytes } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { MINUTE_MS, SECOND_MS } from '../core/time.ts';
import { parseDsn } from './sentry-dsn.ts';

/**
 * Sends the errors of the log to a server that speaks Sentry's protocol: what could not be answered (5xx), jobs that
 * failed, exceptions nobody caught. Lines have lost their secrets before they come here.
 */
export interface ErrorHook {
  /** Takes a JSON line as the log writes it. Never throws; what is no error is left alone. */
  add(line: string): void;
  /** Resolves when what is under way has been sent, or after two seconds. */
  flush(): Promise<void>;
}

export interface ErrorHookOptions {
  dsn: string;
  /** Such as "kinora@1.2.0". */
  release: string;
  /** Whether IP and e-mail addresses may be sent; asked each time. */
  mayNameAddresses: () => boolean;
  nowMs: () => number;
}

/** A loop that fails a thousand times a second is one problem: more than this tells nothing new. */
const MOST_A_MINUTE = 20;
const ANSWER_MS = 10 * SECOND_MS;
const FLUSH_MS = 2 * SECOND_MS;

interface ErrorField {
  type?: string;
  message?: string;
  stack?: string;
}

export function createErrorHook({ dsn, release, mayNameAddresses, nowMs }: ErrorHookOptions): ErrorHook {
  const target = parseDsn(dsn);
  const underWay = new Set<Promise<void>>();
  let minuteStartMs = 0;
  let sent = 0;
  let dropped = 0;
  /** The server asked for quiet until then. */
  let quietUntilMs = 0;

  function mayPass(): boolean {
    const now = nowMs();
    if (now - minuteStartMs >= MINUTE_MS) [minuteStartMs, sent] = [now, 0];
    if (now < quietUntilMs || sent >= MOST_A_MINUTE) {
      dropped += 1;
      return false;
    }
    sent += 1;
    return true;
  }

  async function send(event: Record<string, unknown>): Promise<void> {
    const header = { event_id: event['event_id'], sent_at: new Date(nowMs()).toISOString(), dsn };
    const body = [header, { type: 'event' }, event].map((part) => JSON.stringify(part)).join('\n');
    try {
      const response = await fetch(target!.envelopeUrl, {
        method: 'POST',
        body: `${body}\n`,
        headers: {
          'Content-Type': 'application/x-sentry-envelope',
          'X-Sentry-Auth': `Sentry sentry_version=7, sentry_client=${release.replace('@', '/')}, sentry_key=${target!.publicKey}`,
        },
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      await response.body?.cancel();
      if (response.status === 429) {
        quietUntilMs = nowMs() + (Number(response.headers.get('retry-after')) || 60) * SECOND_MS;
      }
    } catch {
      // The log has the error; a log line about this one would come here again.
      dropped += 1;
    }
  }

  return {
    add(line) {
      if (!target || !line.startsWith('{"level":"error"') || !mayPass()) return;
      const known = mayNameAddresses() ? line : hideAddresses(line);
      const event = { ...eventOf(JSON.parse(known) as Record<string, unknown>), release };
      if (dropped > 0) Object.assign(event.extra, { droppedBefore: dropped });
      dropped = 0;
      const sending = send(event).finally(() => underWay.delete(sending));
      underWay.add(sending);
    },
    async flush() {
      let timer: NodeJS.Timeout | undefined;
      const impatience = new Promise((resolve) => (timer = setTimeout(resolve, FLUSH_MS)));
      await Promise.race([Promise.allSettled(underWay), impatience]);
      clearTimeout(timer);
    },
  };
}

/** An event's payload: https://develop.sentry.dev/sdk/data-model/event-payloads/ */
function eventOf({ time, level: _error, msg, error, err, requestId, job, ...extra }: Record<string, unknown>) {
  const failure = (error ?? err) as ErrorField | undefined;
  const text = String(msg ?? '');
  const exception = failure?.message && {
    type: failure.type ?? 'Error',
    value: failure.message,
    stacktrace: { frames: framesOf(failure.stack ?? '') },
  };
  return {
    event_id: randomBytes(16).toString('hex'),
    timestamp: (Date.parse(String(time)) || Date.now()) / SECOND_MS,
    platform: 'node',
    level: 'error',
    logger: 'kinora',
    message: { formatted: text },
    ...(exception ? { exception: { values: [exception] } } : {}),
    tags: { ...(requestId !== undefined && { requestId }), ...(job !== undefined && { job }) },
    extra: extra as Record<string, unknown>,
  };
}

/** The lines of a V8 stack, oldest call first; where Kinora is installed is nobody's business. */
function framesOf(stack: string) {
  return [...stack.matchAll(/^\s+at (?:(.+?) \()?(?:file:\/\/)?([^\s()]+):(\d+):(\d+)\)?$/gm)]
    .map(([, name, file, line, column]) => ({
      function: name ?? '<anonymous>',
      filename: file!.replace(/^.*?\/(?=(?:src|dist|node_modules)\/)/, ''),
      lineno: Number(line),
      colno: Number(column),
      in_app: !/node_modules|^node:/.test(file!),
    }))
    .reverse();
}

/** A mailbox has at most 64 characters before the @ (RFC 5321 section 4.5.3.1.1): without that, long words take for ever. */
const MAIL_OR_IPV4 = /[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+|\b(?:\d{1,3}\.){3}\d{1,3}\b/g;
/** What may be IPv6: times of day look alike and are none. */
const MAYBE_IPV6 = /[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}/gi;

function hideAddresses(line: string): string {
  return line
    .replace(MAIL_OR_IPV4, '(address)')
    .replace(MAYBE_IPV6, (text) => (isIPv6(text) || isIPv6(text.replace(/:$/, '')) ? '(address)' : text));
}
