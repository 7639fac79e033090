import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE } from './media.ts';

const BUILD = join(import.meta.dirname, '../../binary/build.ts');

let built: string | null = null;

/** The path of the single binary, without ffmpeg inside, built from what is here: once in a run. */
export function singleBinary(): string {
  if (built) return built;
  const path = join(CACHE, process.platform === 'win32' ? 'kinora.exe' : 'kinora');
  mkdirSync(CACHE, { recursive: true });
  execFileSync(process.execPath, [BUILD, '--out', path], { stdio: ['ignore', 'ignore', 'inherit'] });
  return (built = path);
}
