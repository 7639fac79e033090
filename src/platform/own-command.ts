import { spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { HOUR_MS } from '../core/time.ts';
import { isSingleBinary } from './installation.ts';

/**
 * How this program is started once more, as an argv without arguments: for work that takes a processor or blocks for long, and
 * has no place beside answers. The single binary is its own program; else Node runs the built server, or the sources.
 */
function ownCommand(): string[] {
  if (isSingleBinary) return [process.execPath];
  const main = import.meta.url.endsWith('.ts') ? '../main.ts' : 'main.js';
  return [process.execPath, join(import.meta.dirname, main)];
}

/** Reading a large database from its first page to its last says nothing until it is done; this is far more than that takes. */
const SILENCE_MS = HOUR_MS;

export interface RunOwnOptions {
  signal: AbortSignal;
  /** Told each line of its output: a sign of life. */
  onLine: (line: string) => void;
  /** What it says of what goes wrong. */
  onStderr?: (text: string) => void;
  /** How long it may say nothing; an hour unless given. What hangs, such as on a share that is gone, is ended then. */
  silenceMs?: number;
  /** The program; this one unless given. */
  command?: string[];
}

/**
 * Runs this program once more with `argv`, at low priority, for as long as it says something. Resolves when it has ended well;
 * throws the last line it said on stderr, that it was silent for too long, or the signal's reason.
 */
export async function runOwnCommand(argv: string[], options: RunOwnOptions): Promise<void> {
  const { signal, onLine, onStderr = () => {}, silenceMs = SILENCE_MS } = options;
  signal.throwIfAborted();
  const silence = new AbortController();
  const either = AbortSignal.any([signal, silence.signal]);
  const [command, ...first] = options.command ?? ownCommand();
  const child = spawn(command!, [...first, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
  if (child.pid !== undefined) lowerPriority(child.pid);
  const giveUp = () =>
    silence.abort(new Error(`It said nothing for ${Math.round(silenceMs / 60_000)} min, and was ended.`));
  let timer = setTimeout(giveUp, silenceMs);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4096);
    onStderr(text);
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    clearTimeout(timer);
    timer = setTimeout(giveUp, silenceMs);
    onLine(line);
  });
  let killer: NodeJS.Timeout | undefined;
  const stop = () => {
    child.kill('SIGTERM');
    // One that waits for a disk or sits in a long call does not hear it.
    killer = setTimeout(() => child.kill('SIGKILL'), 5000);
  };
  either.addEventListener('abort', stop, { once: true });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    either.throwIfAborted();
    if (code !== 0) throw new Error(said.trim().split('\n').at(-1) || `It ended with ${code}.`);
  } finally {
    clearTimeout(timer);
    clearTimeout(killer);
    either.removeEventListener('abort', stop);
  }
}

/** Whoever watches goes first. */
function lowerPriority(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It has ended already, or this system does not allow it: slower for others, and no worse.
  }
}
