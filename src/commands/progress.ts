import { CommandFailure, EXIT } from './exit.ts';

/** How a command that takes a while says how far it is. */
export interface Progress {
  step(what: string): void;
  percent(percent: number): void;
  /** The outcome: as JSON for programs, as sentences for people. */
  done(outcome: object, sentences: () => string[]): void;
}

/** On a terminal one line that changes, elsewhere nothing but the outcome; as lines of JSON for programs. */
export function createProgress(json: boolean): Progress {
  if (json) {
    const line = (value: object) => void process.stdout.write(`${JSON.stringify(value)}\n`);
    return { step: (step) => line({ step }), percent: (percent) => line({ percent }), done: line };
  }
  const isTerminal = process.stderr.isTTY === true;
  let current = '';
  const show = (text: string) => void (isTerminal && process.stderr.write(`\r\x1b[K${text}`));
  return {
    step(what) {
      current = what;
      show(`${what} ...`);
    },
    percent: (percent) => show(`${current} ... ${percent} %`),
    done(_outcome, sentences) {
      show('');
      process.stdout.write(`${sentences().join('\n')}\n`);
    },
  };
}

/** Runs `work` with a signal that Ctrl+C and `kill` abort, so that it can put things in order before it ends. */
export async function untilSignal<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = () => controller.abort(new CommandFailure('Stopped. Nothing was left half done.', EXIT.interrupted));
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, stop);
  try {
    return await work(controller.signal);
  } catch (error) {
    throw controller.signal.aborted ? controller.signal.reason : error;
  } finally {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.removeListener(name, stop);
  }
}
