import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Where Kinora is installed: the folder with its migrations and built web interface. Found from this file upwards, since
 * the server runs from its sources as well as from one bundled file.
 */
export function installationPath(...parts: string[]): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'migrations')) && dirname(folder) !== folder) folder = dirname(folder);
  return join(folder, ...parts);
}
