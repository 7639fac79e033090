import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** The core that what is measured is held to, and the one that asks. */
export const WORK_CORE = 0;
export const CLIENT_CORE = 1;

/** Whether processes can be held to one core here: Linux, with util-linux, and another core for who asks. */
export function canPin(): boolean {
  return process.platform === 'linux' && availableParallelism() > 1 && taskset(['--version']);
}

/** A command and its arguments, held to one core with all its threads and children. */
export function onCore(core: number | null, command: string, args: string[]): [string, string[]] {
  return core === null ? [command, args] : ['taskset', ['-c', String(core), command, ...args]];
}

/** Holds this process to a core until `using` lets go. */
export function holdTo(core: number | null): Disposable {
  const before = /^Cpus_allowed_list:\s+(\S+)$/m.exec(
    core === null ? '' : readFileSync('/proc/self/status', 'utf8'),
  )?.[1];
  if (core === null || !before) return { [Symbol.dispose]: () => {} };
  const allow = (cores: string) => taskset(['-a', '-c', '-p', cores, String(process.pid)]);
  allow(String(core));
  return { [Symbol.dispose]: () => allow(before) };
}

/** Holds another process with all its threads and children to a core until `using` lets go. */
export function holdOther(pid: number, core: number): Disposable {
  const held = [pid, ...childrenOf(pid)];
  const before = /^Cpus_allowed_list:\s+(\S+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  for (const one of held) taskset(['-a', '-c', '-p', String(core), String(one)]);
  return {
    [Symbol.dispose]: () => {
      for (const one of before ? held : []) taskset(['-a', '-c', '-p', before!, String(one)]);
    },
  };
}

function childrenOf(pid: number): number[] {
  const { stdout } = spawnSync('pgrep', ['-P', String(pid)]);
  return stdout.toString().split('\n').filter(Boolean).map(Number);
}

function taskset(args: string[]): boolean {
  return spawnSync('taskset', args, { stdio: 'ignore' }).status === 0;
}
