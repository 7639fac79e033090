import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, loadavg, platform } from 'node:os';
import { FFMPEG } from './media.ts';

/** What a reader has to know of the machine that figures come from. */
export function machineWords(): string {
  const cores = availableParallelism();
  const ffmpeg = /^ffmpeg version (\d[\d.]*\d)/.exec(
    spawnSync(FFMPEG, ['-version'], { encoding: 'utf8' }).stdout ?? '',
  )?.[1];
  const parts = [
    `${cores} ${cores === 1 ? 'core' : 'cores'}`,
    `${platform()} ${process.arch}`,
    `Node ${process.versions.node}`,
    `ffmpeg ${ffmpeg ?? 'of its own make'}`,
    `load ${loadNow().toFixed(1)} at the start`,
  ];
  return parts.join(', ');
}

/** A sentence where something else is at work here; null where all is quiet. */
export function loadWarning(): string | null {
  const load = loadNow();
  if (load <= 1) return null;
  return (
    `Something else is at work on this machine: its load is ${load.toFixed(1)}. ` +
    'Times mean little now, processor time a little more: measure again when it is quiet.'
  );
}

/** Begins to watch how much of the processors' time a hypervisor gives to others; says the share so far. Zero off Linux. */
export function stolenShare(): () => number {
  const before = processorTimes();
  return () => {
    const now = processorTimes();
    const all = now.all - before.all;
    return all > 0 ? (now.stolen - before.stolen) / all : 0;
  };
}

/** The last minute's; what a benchmark did itself is in it, too. */
function loadNow(): number {
  return loadavg()[0] ?? 0;
}

/** The first line of proc_stat(5): user, nice, system, idle, iowait, irq, softirq, steal. */
function processorTimes(): { all: number; stolen: number } {
  if (platform() !== 'linux') return { all: 0, stolen: 0 };
  const times = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]!.trim().split(/\s+/).slice(1, 9).map(Number);
  return { all: times.reduce((sum, time) => sum + time, 0), stolen: times[7] ?? 0 };
}
