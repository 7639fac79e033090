import { readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { dirname, join } from 'node:path';

/** What this process may use of the machine it runs on: a container is often given less than there is. */
export interface Machine {
  /** Processors, not always whole ones: a quota of 1.5 is 1.5. */
  cores: number;
  memoryBytes: number;
}

export interface MachineFacts {
  cores: number;
  memoryBytes: number;
  /** Reads a text file; null where it cannot be read. */
  read: (path: string) => string | null;
}

const CGROUP = '/sys/fs/cgroup';

/** Cores and memory as the system grants them, after the limits of cgroup v2, or v1, or none. */
export function readMachine(facts: MachineFacts = systemFacts()): Machine {
  const folders = cgroupFolders(facts.read('/proc/self/cgroup') ?? '');
  const cores = [facts.cores];
  const memory = [facts.memoryBytes];
  const text = (path: string) => facts.read(path)?.trim() ?? '';
  // A limit of any folder on the way up holds for everything below it.
  for (const folder of folders.unified) {
    const [quota, period] = text(join(folder, 'cpu.max')).split(' ').map(Number);
    if (quota && period) cores.push(quota / period);
    const bytes = Number(text(join(folder, 'memory.max')));
    if (bytes > 0) memory.push(bytes);
  }
  for (const folder of folders.cpu) {
    const quota = Number(text(join(folder, 'cpu.cfs_quota_us')));
    const period = Number(text(join(folder, 'cpu.cfs_period_us')));
    if (quota > 0 && period > 0) cores.push(quota / period);
  }
  for (const folder of folders.memory) {
    const bytes = Number(text(join(folder, 'memory.limit_in_bytes')));
    if (bytes > 0) memory.push(bytes);
  }
  return { cores: Math.min(...cores), memoryBytes: Math.min(...memory) };
}

/** Where the limits of this process stand, by /proc/self/cgroup (cgroups(7)): "0::/path" is v2, "4:cpu,cpuacct:/path" v1. */
function cgroupFolders(lines: string): Record<'unified' | 'cpu' | 'memory', string[]> {
  const folders = { unified: [] as string[], cpu: [] as string[], memory: [] as string[] };
  for (const line of lines.split('\n')) {
    const [id, controllers, path] = line.split(':');
    if (!path?.startsWith('/')) continue;
    if (id === '0' && controllers === '') folders.unified.push(...upwards(CGROUP, path));
    for (const name of controllers!.split(',')) {
      if (name === 'cpu' || name === 'memory') folders[name].push(...upwards(join(CGROUP, name), path));
    }
  }
  return folders;
}

/** The folder and those above it. Inside a container the path may be the host's, of which only the root is seen. */
function upwards(root: string, path: string): string[] {
  const folders: string[] = [];
  for (let at = path; at !== '/'; at = dirname(at)) folders.push(join(root, at));
  return [...folders, root];
}

const systemFacts = (): MachineFacts => ({
  cores: availableParallelism(),
  memoryBytes: totalmem(),
  read(path) {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return null;
    }
  },
});
