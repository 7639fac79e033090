import { expect, it } from 'vitest';
import { missingMount, remoteFileSystem } from './mounts.ts';

const FSTAB = `# /etc/fstab
UUID=1 / ext4 defaults 0 1
nas:/films /media/films nfs defaults 0 0
UUID=2 /media/My\\040disk ext4 nofail 0 2
UUID=3 none swap sw 0 0
`;
const mountinfo = (...points: string[]) =>
  ['/', ...points].map((point, n) => `${n + 20} 1 8:1 / ${point} rw,relatime - ext4 /dev/sda1 rw`).join('\n');

it.each([
  ['/media/films/old', [], '/media/films'],
  ['/media/films', ['/media/films'], null],
  ['/media/filmstrips', [], null],
  ['/media/My disk/a', [], '/media/My disk'],
  ['/media/My disk/a', ['/media/My\\040disk'], null],
  ['/srv/films', [], null],
])('%s with %j mounted misses %s', (folder, mounted, missing) => {
  expect(missingMount(folder, FSTAB, mountinfo(...mounted))).toBe(missing);
});

it('knows file systems of other machines', () => {
  expect(remoteFileSystem(0x6969)).toBe('NFS');
  // As Node gives a type with its highest bit set.
  expect(remoteFileSystem(0xff534d42 | 0)).toBe('SMB');
  expect(remoteFileSystem(0xef53)).toBeNull();
});
