import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import type { Readable } from 'node:stream';
import { MINUTE_MS } from '../core/time.ts';

/** How long a child may take to die politely. An x264 flush was seen to take over three seconds. */
const GRACE_MS = 2000;
const STDERR_KEPT = 8192;

/** A little below the server itself, which everybody waits for; far above background work. */
const WATCHING_PRIORITY = 3;

/** ffmpeg ended badly. `log` is the last of what it said. */
export class FfmpegError extends Error {
  readonly log: string;
  /** `missing`: cannot be started at all. `hung`: silent or over its time. `killed`: by a signal not ours. */
  readonly reason: 'missing' | 'failed' | 'hung' | 'killed';

  constructor(reason: FfmpegError['reason'], message: string, log: string) {
    super(message);
    this.name = 'FfmpegError';
    this.reason = reason;
    this.log = log;
  }
}

export interface RunOptions {
  signal?: AbortSignal;
  /** Wall clock limit. */
  timeoutMs?: number;
  /** How many pipes the child gets as file descriptors 3, 4, ... for its outputs. */
  pipes?: number;
  /** `background` for work nobody waits for. */
  priority?: 'watching' | 'background';
}

export interface RunningProcess {
  pid: number | undefined;
  pipes: Readable[];
  /** Resolves with all of stdout when it has ended well; rejects with `FfmpegError`, or the signal's reason. */
  done: Promise<Buffer>;
  /** The last of what it has said so far, on stderr. */
  log(): string;
  stop(): void;
}

export interface Ffmpeg {
  /** Starts ffmpeg with an argv of ours; never through a shell. */
  start(argv: readonly string[], options?: RunOptions): RunningProcess;
  /** Runs ffprobe and returns what it printed. */
  probe(argv: readonly string[], options?: RunOptions): Promise<Buffer>;
  /** "7.0.2", or null where ffmpeg cannot be started. */
  version(): string | null;
  /** ffmpeg's names of the encoders it was built with, asked once; null where it cannot be started. */
  encoders(): Promise<ReadonlySet<string> | null>;
  /** The names of its filters, asked once; null where it cannot be started. */
  filters(): Promise<ReadonlySet<string> | null>;
  running(): number;
  /** Stops every child, and waits for them to be gone. */
  close(): Promise<void>;
}

export interface FfmpegPaths {
  ffmpeg: string;
  ffprobe: string;
}

/** Two or three flags, by version, and a name. */
const FILTER_LINE = /^ [T.][S.][C.]? (\S+)/gm;

export function createFfmpeg(paths: FfmpegPaths): Ffmpeg {
  const children = new Map<ChildProcess, Promise<unknown>>();
  let knownVersion: string | null | undefined;
  let knownEncoders: Promise<ReadonlySet<string> | null> | undefined;
  let knownFilters: Promise<ReadonlySet<string> | null> | undefined;
  // Children must not outlive us, whichever way we end; after kill -9 their broken pipes end them.
  const killAll = () => {
    for (const child of children.keys()) child.kill('SIGKILL');
  };
  process.once('exit', killAll);

  const start = (command: string, argv: readonly string[], options: RunOptions): RunningProcess => {
    const running = startProcess(command, argv, options);
    children.set(running.child, running.done);
    const forget = () => children.delete(running.child);
    running.done.then(forget, forget);
    return running;
  };

  return {
    start: (argv, options = {}) => start(paths.ffmpeg, argv, options),
    probe: (argv, options = {}) => start(paths.ffprobe, argv, { timeoutMs: MINUTE_MS, ...options }).done,
    version() {
      if (knownVersion === undefined) {
        const { stdout } = spawnSync(paths.ffmpeg, ['-hide_banner', '-version'], { encoding: 'utf8', timeout: 10_000 });
        knownVersion = /ffmpeg version (\S+)/.exec(stdout ?? '')?.[1] ?? null;
      }
      return knownVersion;
    },
    encoders() {
      knownEncoders ??= start(paths.ffmpeg, ['-hide_banner', '-encoders'], { timeoutMs: MINUTE_MS }).done.then(
        (printed) => new Set([...printed.toString().matchAll(/^ [VAS]\S{5} (\S+)/gm)].map((match) => match[1]!)),
        () => {
          knownEncoders = undefined;
          return null;
        },
      );
      return knownEncoders;
    },
    filters() {
      knownFilters ??= start(paths.ffmpeg, ['-hide_banner', '-filters'], { timeoutMs: MINUTE_MS }).done.then(
        (printed) => new Set([...printed.toString().matchAll(FILTER_LINE)].map((match) => match[1]!)),
        () => {
          knownFilters = undefined;
          return null;
        },
      );
      return knownFilters;
    },
    running: () => children.size,
    async close() {
      process.off('exit', killAll);
      const ends = [...children.values()];
      for (const child of children.keys()) endGently(child);
      await Promise.allSettled(ends);
    },
  };
}

/**
 * Static builds hold glibc's iconv, but load its tables from the machine, whose are for another glibc: they crash over the name of
 * any transport stream's service. Without tables such a name stays as it is, and nobody asks for it; UTF-8 and UTF-16 need none.
 */
const NO_TABLES = { GCONV_PATH: '/nonexistent' };

function startProcess(command: string, argv: readonly string[], options: RunOptions) {
  const { signal, timeoutMs, pipes = 0, priority = 'background' } = options;
  const child = spawn(command, argv, {
    env: { ...process.env, ...NO_TABLES },
    stdio: ['ignore', 'pipe', 'pipe', ...Array<'pipe'>(pipes).fill('pipe')],
    windowsHide: true,
  });
  const outputs = child.stdio.slice(3) as Readable[];
  let log = '';
  let hung = false;
  child.stderr?.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString('utf8')).slice(-STDERR_KEPT);
  });
  const stdout: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
  // A reader that goes away breaks the pipe; the child's end tells the story, so these are no news.
  for (const output of outputs) output.on('error', () => {});

  const stop = () => endGently(child);
  const giveUp = () => {
    hung = true;
    stop();
  };
  const timer = timeoutMs ? setTimeout(giveUp, timeoutMs) : undefined;
  const done = new Promise<Buffer>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      const missing = error.code === 'ENOENT' || error.code === 'EACCES';
      reject(new FfmpegError(missing ? 'missing' : 'failed', `${command} cannot be started: ${error.message}`, log));
    });
    child.once('close', (code, signalName) => {
      if (signal?.aborted) reject(signal.reason);
      else if (hung) reject(new FfmpegError('hung', `${command} did not end in time and was stopped.`, log));
      else if (signalName) reject(new FfmpegError('killed', `${command} was ended by ${signalName}.`, log));
      else if (code !== 0)
        reject(new FfmpegError('failed', lastLine(log) ?? `${command} ended with code ${code}.`, log));
      else resolve(Buffer.concat(stdout));
    });
  }).finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  });
  // Whoever asked may look at the outcome later, or only at the pipes: a failure must not end the process.
  done.catch(() => {});
  if (signal?.aborted) stop();
  else signal?.addEventListener('abort', stop, { once: true });
  lowerPriority(child.pid, priority);
  return { child, pid: child.pid, pipes: outputs, done, log: () => log, stop };
}

function lowerPriority(pid: number | undefined, priority: 'watching' | 'background'): void {
  if (!pid) return;
  if (priority === 'background') readWhenIdle(pid);
  try {
    setPriority(pid, priority === 'background' ? constants.priority.PRIORITY_LOW : WATCHING_PRIORITY);
  } catch {
    // It has ended already, or this system does not let us: it runs as it is.
  }
}

/** Lets it have the disk when nobody else wants it (ioprio_set(2), class idle). Where there is no ionice it runs as it is. */
function readWhenIdle(pid: number): void {
  if (process.platform !== 'linux') return;
  const child = spawn('ionice', ['-c', '3', '-p', String(pid)], { stdio: 'ignore' });
  child.on('error', () => {});
  child.unref();
}

/**
 * SIGTERM, then SIGKILL for what does not listen. What only writes to our pipes has nothing to put in order and is killed
 * at once: a viewer may be waiting for its place.
 */
function endGently(child: ChildProcess): void {
  if (child.exitCode !== null || child.signalCode !== null) return;
  if (child.stdio.length > 3) {
    child.kill('SIGKILL');
    return;
  }
  child.kill('SIGTERM');
  child.kill('SIGCONT');
  const timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
  timer.unref();
  child.once('close', () => clearTimeout(timer));
}

function lastLine(log: string): string | null {
  return log.trim().split('\n').at(-1) || null;
}
