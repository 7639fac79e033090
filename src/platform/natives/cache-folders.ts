import { lstatSync, mkdirSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

/** What says where a program may keep what it can make again. */
export interface CacheSurroundings {
  env: NodeJS.ProcessEnv;
  platform: NodeJS.Platform;
  home: string;
  tmp: string;
  /** Null on Windows, which has none. */
  uid: number | null;
}

export function cacheSurroundings(): CacheSurroundings {
  return {
    env: process.env,
    platform: process.platform,
    home: findHome(),
    tmp: tmpdir(),
    uid: process.getuid?.() ?? null,
  };
}

/** A user without an entry in the password file has none. */
function findHome(): string {
  try {
    return homedir();
  } catch {
    return '';
  }
}

/**
 * The folders to try, the best first: what `KINORA_CACHE_DIR` says and nothing else, or systemd's `CacheDirectory=`, the user's
 * cache (XDG Base Directory Specification and its counterparts), and the folder for temporary files.
 */
export function cacheFolders({ env, platform, home, tmp, uid }: CacheSurroundings): string[] {
  if (env['KINORA_CACHE_DIR']) return [env['KINORA_CACHE_DIR']];
  const folders: string[] = [];
  const systemd = env['CACHE_DIRECTORY']?.split(':')[0];
  if (systemd) folders.push(systemd);
  if (platform === 'win32' && env['LOCALAPPDATA']) folders.push(join(env['LOCALAPPDATA'], 'Kinora', 'Cache'));
  else if (platform === 'darwin' && home) folders.push(join(home, 'Library', 'Caches', 'kinora'));
  else if (env['XDG_CACHE_HOME']?.startsWith('/')) folders.push(join(env['XDG_CACHE_HOME'], 'kinora'));
  else if (home) folders.push(join(home, '.cache', 'kinora'));
  folders.push(join(tmp, uid === null ? 'kinora' : `kinora-${uid}`));
  return folders;
}

/** Makes `folder` below `base`, and throws where somebody else could put programs there that we would then run. */
export function makeTrusted(base: string, folder: string, uid: number | null): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (uid === null) return;
  for (const path of [base, folder]) {
    const { uid: owner, mode } = lstatSync(path);
    const isSticky = (mode & 0o1000) !== 0;
    if ((owner !== uid && owner !== 0) || ((mode & 0o022) !== 0 && !isSticky)) {
      throw Object.assign(new Error(`${path} can be written by others`), { code: 'KINORA_SHARED' });
    }
  }
}
