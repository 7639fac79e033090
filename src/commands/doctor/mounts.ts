import { readFileSync } from 'node:fs';
import { sep } from 'node:path';

/** What should be mounted where, and what is (Linux: fstab(5), proc_pid_mountinfo(5)). */

/**
 * The mount point a folder should lie behind by fstab but does not, since nothing is mounted there now; null where all is
 * as it should be, or where nobody can tell.
 */
export function missingMount(folder: string, fstab: string, mountinfo: string): string | null {
  const wanted = mountPoints(fstab, 1).filter((point) => point !== sep && point.startsWith(sep));
  const mounted = new Set(mountPoints(mountinfo, 4));
  const behind = wanted.filter((point) => folder === point || folder.startsWith(`${point}${sep}`));
  const nearest = behind.sort((a, b) => b.length - a.length)[0];
  return nearest !== undefined && !mounted.has(nearest) ? nearest : null;
}

/** Null where the system has no such files. */
export function readMounts(): { fstab: string; mountinfo: string } | null {
  try {
    return { fstab: readFileSync('/etc/fstab', 'utf8'), mountinfo: readFileSync('/proc/self/mountinfo', 'utf8') };
  } catch {
    return null;
  }
}

/** The field of each line that names a mount point; spaces in it are written in octal. */
function mountPoints(table: string, field: number): string[] {
  return table
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(/\s+/)[field] ?? '')
    .map((point) =>
      point.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))),
    )
    .map((point) => (point.length > 1 ? point.replace(/\/+$/, '') : point));
}

/** `f_type` of statfs(2) for file systems of other machines, which SQLite's locks and shared memory cannot rely upon. */
const REMOTE: Record<number, string> = {
  26985: 'NFS',
  20859: 'SMB',
  4283649346: 'SMB',
  4266872130: 'SMB',
  16914839: 'a share of the host (9p)',
};

/** What a file system on another machine is called; null for one of this machine, and for any we do not know. */
export function remoteFileSystem(type: number): string | null {
  return REMOTE[type >>> 0] ?? null;
}
