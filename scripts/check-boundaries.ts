/**
 * Checks the rules of docs/architecture.md that a compiler does not: who imports whom, circles, who writes which table,
 * sizes, names, exports, and paths of somebody's machine. `node scripts/check-boundaries.ts [FOLDER]`
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { brokenArrows } from './boundaries/arrows.ts';
import { cycles } from './boundaries/cycles.ts';
import { machinePaths, misshapen, sizes } from './boundaries/shape.ts';
import { readSources } from './boundaries/source-files.ts';
import { foreignWrites } from './boundaries/tables.ts';

const LARGEST_READ = 1_000_000;

export interface Findings {
  /** A sentence each; any of them fails the check. */
  errors: string[];
  /** Worth knowing, fails nothing. */
  warnings: string[];
  summary: string;
}

/** Checks the repository in this folder. */
export function checkBoundaries(root: string): Findings {
  const files = readSources(root, ['src', 'web', 'scripts', 'test']);
  const { summary, wishes } = sizes(files);
  const errors = [
    ...brokenArrows(files),
    ...cycles(files),
    ...foreignWrites(files),
    ...misshapen(files),
    ...trackedTexts(root).flatMap(([path, text]) => machinePaths(path, text)),
  ];
  return { errors, warnings: wishes, summary };
}

/** What git tracks or would track, text files alone. Empty outside of a git repository. */
function trackedTexts(root: string): [path: string, text: string][] {
  const listing = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root });
  if (listing.status !== 0) return [];
  return listing.stdout
    .toString()
    .split('\0')
    .filter((path) => path !== '' && existsSync(join(root, path)))
    .filter((path) => statSync(join(root, path)).isFile() && statSync(join(root, path)).size < LARGEST_READ)
    .map((path): [string, string] => [path, readFileSync(join(root, path), 'utf8')])
    .filter(([, text]) => !text.includes('\0'));
}

if (import.meta.main) {
  const { errors, warnings, summary } = checkBoundaries(process.argv[2] ?? join(import.meta.dirname, '..'));
  for (const error of errors) console.log(`error: ${error}`);
  for (const warning of warnings) console.log(`warning: ${warning}`);
  console.log(summary);
  process.exitCode = errors.length > 0 ? 1 : 0;
}
