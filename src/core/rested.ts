/**
 * Something costly that is done whenever somebody wants to know, but takes only a part of the time: afterwards it rests `rest`
 * times as long as it took, at least `leastMs`, and what it found last is given meanwhile. Whoever asks while it runs waits for
 * that run. One that fails is not remembered: the next asks anew.
 */
export function rested<T>(work: () => Promise<T>, rest: number, leastMs = 0): () => Promise<T> {
  let last: { found: T; againAt: number } | null = null;
  let running: Promise<T> | null = null;

  async function run(): Promise<T> {
    const startedAt = performance.now();
    const found = await work();
    const now = performance.now();
    last = { found, againAt: now + Math.max(leastMs, (now - startedAt) * rest) };
    return found;
  }

  return async () => {
    if (!running && last && performance.now() < last.againAt) return last.found;
    running ??= run().finally(() => (running = null));
    return running;
  };
}
