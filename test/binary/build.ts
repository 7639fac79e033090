import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

/** Before the tests of the suite: the single binary is built from what is here, with ffmpeg in it. */
export function setup(): void {
  execFileSync(process.execPath, [join(ROOT, 'scripts/binary/build.ts'), '--with-ffmpeg'], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}
