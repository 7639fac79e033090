/** How fast bytes go, over the last seconds: fresh enough to follow the network, smooth enough to read. */
export interface Rate {
  add(atMs: number, totalBytes: number): void;
  /** Null until there is enough to go by. */
  bytesPerSecond(): number | null;
  etaMs(remainingBytes: number): number | null;
}

const WINDOW_MS = 12_000;
const LEAST_MS = 1500;

export function createRate(): Rate {
  let samples: { atMs: number; totalBytes: number }[] = [];
  function bytesPerSecond(): number | null {
    const first = samples[0];
    const last = samples.at(-1);
    if (!first || !last || last.atMs - first.atMs < LEAST_MS) return null;
    return ((last.totalBytes - first.totalBytes) / (last.atMs - first.atMs)) * 1000;
  }
  return {
    add(atMs, totalBytes) {
      // A resumed upload may start lower than it was thought to be: what came before tells nothing.
      if (totalBytes < (samples.at(-1)?.totalBytes ?? 0)) samples = [];
      samples.push({ atMs, totalBytes });
      samples = samples.filter((sample) => sample.atMs >= atMs - WINDOW_MS);
    },
    bytesPerSecond,
    etaMs(remainingBytes) {
      const speed = bytesPerSecond();
      return speed ? Math.round((remainingBytes / speed) * 1000) : null;
    },
  };
}
