export interface Pace {
  made(ms: number): void;
  pause(): void;
  goOn(): void;
  speed(): number | null;
}

/** Measures how much is made in the time spent working. */
export function createPace(nowMs: () => number): Pace {
  let madeMs = 0;
  let workedMs = 0;
  let sinceMs: number | null = nowMs();
  const spentMs = () => workedMs + (sinceMs === null ? 0 : nowMs() - sinceMs);
  return {
    made: (ms) => void (madeMs += ms),
    pause() {
      workedMs = spentMs();
      sinceMs = null;
    },
    goOn: () => void (sinceMs ??= nowMs()),
    speed: () => (madeMs === 0 ? null : Math.round((10 * madeMs) / Math.max(1, spentMs())) / 10),
  };
}
