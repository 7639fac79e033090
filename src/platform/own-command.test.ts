import { describe, expect, it } from 'vitest';
import { type RunOwnOptions, runOwnCommand } from './own-command.ts';

/** A program that runs `script`, in the place of this one. */
function run(script: string, options: Partial<RunOwnOptions> = {}): Promise<string[]> {
  const lines: string[] = [];
  const { signal = new AbortController().signal } = options;
  return runOwnCommand([], {
    command: [process.execPath, '-e', script],
    onLine: (line) => lines.push(line),
    ...options,
    signal,
  }).then(() => lines);
}

/** Long enough for a busy machine to start a process. */
const silenceMs = 3000;
const SPEAKS = `let n = 0; const timer = setInterval(() => { console.log(++n); if (n === 9) clearInterval(timer); }, 500);`;

describe('a program that works for us', () => {
  it('goes on for longer than it may be silent, as long as it says something', async () => {
    const startedMs = Date.now();
    expect(await run(SPEAKS, { silenceMs })).toHaveLength(9);
    expect(Date.now() - startedMs).toBeGreaterThan(silenceMs);
  }, 30_000);

  it('is ended when it has said nothing for too long, also where it does not listen', async () => {
    const startedMs = Date.now();
    const deaf = `console.log(1); process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);`;
    await expect(run(deaf, { silenceMs: 500 })).rejects.toThrow(/It said nothing for/);
    expect(Date.now() - startedMs).toBeLessThan(20_000);
  }, 30_000);

  it('is ended with whoever wanted it', async () => {
    const reason = new Error('Nobody wants it any more.');
    const signal = AbortSignal.timeout(1500);
    await expect(run('setInterval(() => {}, 1000)', { signal })).rejects.toThrow();
    const stopped = AbortSignal.abort(reason);
    await expect(run('process.exit(0)', { signal: stopped })).rejects.toBe(reason);
  }, 30_000);

  it('says why it failed', async () => {
    await expect(run(`console.error('first'); console.error('The disk is full.'); process.exit(1)`)).rejects.toThrow(
      'The disk is full.',
    );
  }, 30_000);
});
