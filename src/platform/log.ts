import { pino, destination as pinoDestination } from 'pino';
import { redact } from './log-redact.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

interface LogCall {
  (message: string): void;
  /** `fields` come out as JSON keys, or as `key=value` on a terminal; an error goes under `error`. */
  (fields: Record<string, unknown>, message: string): void;
}

/** What the rest of Kinora sees of the logger. */
export interface Log {
  debug: LogCall;
  info: LogCall;
  warn: LogCall;
  error: LogCall;
  /** A log that adds `bindings` to every line. */
  child(bindings: Record<string, unknown>): Log;
  /** From here on; children made before keep theirs. */
  setLevel(level: LogLevel): void;
  /** Hands every line that is written, as JSON, to `listener` too. Returns the function that ends it. */
  follow(listener: (line: string) => void): () => void;
}

export interface LogOptions {
  level: LogLevel | 'silent';
  /** One JSON object a line; otherwise one readable line, coloured when stderr is a terminal. */
  json: boolean;
  /** Where whole lines go; stderr unless given (stdout belongs to what commands print). */
  write?: (line: string) => void;
}

/** The process log. Synchronous, so that the last words before a crash are not lost. */
export function createLog({ level, json, write }: LogOptions): Log {
  const toStderr = write ? null : pinoDestination({ dest: 2, sync: true });
  const writeLine = write ?? ((line: string) => void toStderr?.write(line));
  const colour = !write && process.stderr.isTTY === true && !process.env['NO_COLOR'];
  const followers = new Set<(line: string) => void>();
  const stream = {
    write(raw: string) {
      const line = redact(raw);
      writeLine(json ? line : prettyLine(line, colour));
      for (const follower of followers) follower(line);
    },
  };
  const logger = pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: pino.stdSerializers.errWithCause, err: pino.stdSerializers.errWithCause },
    },
    stream,
  );
  const own: Pick<Log, 'setLevel' | 'follow'> = {
    setLevel(next: LogLevel) {
      logger.level = next;
    },
    follow(listener: (line: string) => void) {
      followers.add(listener);
      return () => void followers.delete(listener);
    },
  };
  // Children have them too: pino makes those with their parent as prototype.
  return Object.assign(logger, own) as unknown as Log;
}

/** A log that says nothing: for tests and for parts whose output nobody wants. */
export function createSilentLog(): Log {
  return createLog({ level: 'silent', json: true, write: () => {} });
}

const COLOURS: Record<string, string> = { debug: '\x1b[2m', info: '\x1b[36m', warn: '\x1b[33m', error: '\x1b[31m' };

/** Turns one JSON line of pino into `12:03:04.005 WARN  words key=value`, with the stack of an error below it. */
export function prettyLine(line: string, colour: boolean): string {
  const { time, level, msg, error, err, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const clockTime = String(time).slice(11, 23);
  const label = String(level).toUpperCase().padEnd(5);
  const paint = (code: string, text: string) => (colour ? `${code}${text}\x1b[0m` : text);
  let out = `${paint('\x1b[2m', clockTime)} ${paint(COLOURS[String(level)] ?? '', label)} ${msg ?? ''}`;
  for (const [key, value] of Object.entries(fields)) out += ` ${paint('\x1b[2m', `${key}=${fieldText(value)}`)}`;
  const failure = (error ?? err) as { message?: string; stack?: string } | string | undefined;
  if (failure !== undefined) {
    const text = typeof failure === 'string' ? failure : (failure.stack ?? failure.message ?? JSON.stringify(failure));
    out += `\n    ${text.replaceAll('\n', '\n    ')}`;
  }
  return `${out}\n`;
}

function fieldText(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return typeof value === 'string' && /[\s"]/.test(text) ? JSON.stringify(text) : text;
}
