import { expect, it } from 'vitest';
import { readMachine } from './machine.ts';

const GB = 1024 ** 3;
const machine = (files: Record<string, string>) =>
  readMachine({ cores: 16, memoryBytes: 64 * GB, read: (path) => files[path] ?? null });

it.each([
  ['no cgroup at all', {}, 16, 64],
  ['no limit', { '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': 'max 100000\n' }, 16, 64],
  [
    'cgroup v2',
    {
      '/proc/self/cgroup': '0::/\n',
      '/sys/fs/cgroup/cpu.max': '150000 100000\n',
      '/sys/fs/cgroup/memory.max': `${2 * GB}\n`,
    },
    1.5,
    2,
  ],
  [
    'a limit further up',
    {
      '/proc/self/cgroup': '0::/system.slice/kinora.service\n',
      '/sys/fs/cgroup/system.slice/kinora.service/cpu.max': 'max 100000',
      '/sys/fs/cgroup/system.slice/kinora.service/memory.max': 'max',
      '/sys/fs/cgroup/system.slice/cpu.max': '400000 100000',
      '/sys/fs/cgroup/system.slice/memory.max': String(4 * GB),
    },
    4,
    4,
  ],
  [
    'cgroup v1, the path being the host’s',
    {
      '/proc/self/cgroup': '4:cpu,cpuacct:/docker/abc\n5:memory:/docker/abc\n0::/\n',
      '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '200000\n',
      '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
      '/sys/fs/cgroup/memory/memory.limit_in_bytes': `${3 * GB}\n`,
    },
    2,
    3,
  ],
  [
    'cgroup v1 without limits',
    {
      '/proc/self/cgroup': '4:cpu,cpuacct:/\n5:memory:/\n',
      '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1\n',
      '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
      '/sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
    },
    16,
    64,
  ],
])('knows what it may use: %s', (_name, files, cores, gigabytes) => {
  expect(machine(files as Record<string, string>)).toEqual({ cores, memoryBytes: gigabytes * GB });
});
