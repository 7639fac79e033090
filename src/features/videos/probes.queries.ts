import type { App } from '../../ports.ts';

/** Who has told what is in files since the server was started: for the metrics. */
export interface ProbeCounts {
  process: number;
  ffprobe: number;
}

const counts = new WeakMap<App, ProbeCounts>();

export function countProbe(app: App, by: keyof ProbeCounts): void {
  const own = probeCounts(app);
  counts.set(app, { ...own, [by]: own[by] + 1 });
}

export function probeCounts(app: App): ProbeCounts {
  return counts.get(app) ?? { process: 0, ffprobe: 0 };
}
