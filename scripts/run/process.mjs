/** Child processes of the wrapper: set-up steps whose output is kept back, and the program it ends in. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const WINDOWS = process.platform === 'win32';
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** npm passes on a Ctrl-C that the terminal already delivered: what comes so soon after is the same key press. */
const SAME_PRESS_MS = 700;
const OUTPUT_KEPT = 16_000;

/** Stops each running child; `hard` for a second Ctrl-C. */
const stoppers = new Set();
let stoppedBy = null;
let stoppedAt = 0;

/** One calm line for the person at the console. On stderr, since stdout belongs to the program that is run. */
export function say(sentence) {
  process.stderr.write(`kinora: ${sentence}\n`);
}

/** An error whose message is all that a person needs to read. */
export class Stop extends Error {}

/** Makes Ctrl-C and friends reach the running child, once each, and end the wrapper when nothing runs. */
export function forwardSignals() {
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (stoppers.size === 0) process.exit(exitCode(null, signal));
      const now = Date.now();
      if (stoppedBy !== null && now - stoppedAt < SAME_PRESS_MS) return;
      const hard = stoppedBy !== null;
      stoppedBy = stoppedBy ?? signal;
      stoppedAt = now;
      for (const stop of stoppers) stop(hard ? 'SIGKILL' : signal);
    });
  }
}

function exitCode(code, signal) {
  return signal ? 128 + (constants.signals[signal] ?? 0) : (code ?? 1);
}

/** Runs a set-up step to its end and returns `{ code, output }`; the output is for the case that it failed. */
export function runQuietly(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const stop = (signal) => child.kill(signal);
    stoppers.add(stop);
    let output = '';
    const keep = (chunk) => {
      output = (output + chunk).slice(-OUTPUT_KEPT);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const end = (code, signal) => {
      stoppers.delete(stop);
      if (stoppedBy !== null && stoppers.size === 0) process.exit(exitCode(null, stoppedBy));
      resolve({ code: exitCode(code, signal), output: output.trim() });
    };
    child.on('error', (error) => {
      output = error.message;
      end(127, null);
    });
    child.on('close', end);
  });
}

/**
 * Runs the program itself, waits for it and returns its exit code.
 *
 * Unless it is `interactive` it gets a process group of its own, so that a Ctrl-C reaches it through us alone, exactly
 * once. With `wholeGroup` signals go to everything it started, and nothing of it outlives it.
 */
export function runProgram(command, args, { env, interactive = false, wholeGroup = false }) {
  return new Promise((resolve) => {
    const ownGroup = !interactive && !WINDOWS;
    const stdio = [interactive ? 'inherit' : 'ignore', 'inherit', 'inherit'];
    const child = spawn(command, args, { env, stdio, detached: ownGroup });
    const signalGroup = (signal) => {
      try {
        process.kill(-child.pid, signal);
      } catch {
        // Nobody left in it.
      }
    };
    const stop = (signal) => {
      // An interactive program shares our terminal, which has told it already.
      if (interactive && signal === 'SIGINT' && process.stdin.isTTY) return;
      if (ownGroup && (wholeGroup || signal === 'SIGKILL')) signalGroup(signal);
      else child.kill(signal);
    };
    stoppers.add(stop);
    child.on('error', (error) => {
      say(`${command} could not be started: ${error.message}`);
      resolve(127);
    });
    child.on('exit', (code, signal) => {
      if (ownGroup && wholeGroup) signalGroup('SIGKILL');
      resolve(exitCode(code, signal));
    });
  });
}
