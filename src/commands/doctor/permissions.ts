import { existsSync, lstatSync } from 'node:fs';
import { join } from 'node:path';
import { type Check, type Finding, ok, problem, warning } from './check.ts';

/** What the user that runs Kinora must be able to write. */
const NEEDED = [
  'kinora.db',
  'kinora.db-wal',
  'kinora.db-shm',
  'lock.db',
  'logs.db',
  'secret',
  'uploads',
  'videos',
  'tmp',
];
/** What nobody else may read: it signs links, has people's addresses in it, or commands the server. */
const PRIVATE = ['secret', 'kinora.channel'];

/** Whose files these are, and who else may read them. Nothing to say on Windows, which has no modes. */
export const permissionsCheck: Check = {
  title: 'Permissions',
  run({ dataFolder }) {
    if (!process.getuid || !existsSync(dataFolder)) return [];
    const owner = lstatSync(dataFolder).uid;
    const present = (names: string[]) =>
      names.flatMap((name) => {
        const path = join(dataFolder, name);
        return existsSync(path) ? [{ name, ...lstatSync(path) }] : [];
      });
    const strange = present(NEEDED).filter(({ uid }) => uid !== owner);
    const open = present(PRIVATE).filter(({ mode }) => (mode & 0o077) !== 0);
    const findings: Finding[] = [];
    if (strange.length > 0) {
      const text = `${strange.map(({ name }) => name).join(', ')} ${strange.length === 1 ? 'belongs' : 'belong'} to user ${strange[0]!.uid}, the data folder to user ${owner}`;
      const todo = `A command was probably run as another user. Give them back: chown -R ${owner} ${dataFolder}`;
      findings.push(owner === 0 ? warning(text, todo) : problem(text, todo));
    }
    for (const { name, mode } of open) {
      const text = `${name} may be read by other users (mode ${(mode & 0o777).toString(8)})`;
      findings.push(warning(text, `Take that away: chmod 600 ${join(dataFolder, name)}`));
    }
    return findings.length > 0 ? findings : [ok(`all of it belongs to user ${owner}, secrets to that user alone`)];
  },
};
