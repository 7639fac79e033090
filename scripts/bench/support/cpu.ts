import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts processor time in these, whatever the kernel ticks in (sysconf(3), _SC_CLK_TCK). */
const TICK_MS = 10;
const QUIET_MS = 300;
const LIMIT_MS = 120_000;

/**
 * Processor time, user and system, of a process, its children, and theirs: of those that have ended as far as they were
 * waited for, and of those that run. From Linux' /proc.
 */
export function cpuMs(pid: number): number {
  const parents = new Map<number, number>();
  const own = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const facts = statOf(Number(name));
    if (!facts) continue;
    parents.set(Number(name), facts.parent);
    own.set(Number(name), facts.ms);
  }
  const isOurs = (of: number): boolean => of === pid || (parents.has(of) && isOurs(parents.get(of) ?? 0));
  return [...own].reduce((sum, [of, ms]) => (isOurs(of) ? sum + ms : sum), 0);
}

/** The processor time of this process's children that have ended. */
export function childrenCpuMs(): number {
  return statOf(process.pid)?.childrenMs ?? 0;
}

/** Fields of proc_pid_stat(5), counted behind the program's name, which may hold anything. */
function statOf(pid: number): { parent: number; ms: number; childrenMs: number } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [user = 0, system = 0, childrenUser = 0, childrenSystem = 0] = fields.slice(11, 15);
    const childrenMs = (childrenUser + childrenSystem) * TICK_MS;
    return { parent: fields[1] ?? 0, ms: (user + system) * TICK_MS + childrenMs, childrenMs };
  } catch {
    // It has ended meanwhile.
    return null;
  }
}

/** Resolves when a process and its children have had next to nothing to do for a while. */
export async function untilIdle(pid: number): Promise<void> {
  const limit = performance.now() + LIMIT_MS;
  for (let before = cpuMs(pid); performance.now() < limit; ) {
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
    const now = cpuMs(pid);
    if (now - before <= TICK_MS * 2) return;
    before = now;
  }
  throw new Error('The server did not come to rest.');
}
