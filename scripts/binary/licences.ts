import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Target } from './targets.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** What Vite writes of the packages in a bundle (`build.license`). */
export interface BundledPackage {
  name: string;
  version: string;
  /** As in SPDX: "MIT". */
  identifier?: string;
  /** What its licence file says. */
  text?: string;
}

/**
 * What goes along with a binary, as the licences of what is in it ask for: of Node, of the native packages, of all packages in the
 * server (`work` has what its bundles say) and the web interface, and the texts of the LGPL and GPL.
 * `packages` is the folder of the target's own packages.
 */
export function licencesText({ node, sharp }: Target, packages: string, work: string): string {
  const inFolder = (name: string) => join(packages, 'node_modules', name);
  return [
    'Kinora is licensed under the GNU Affero General Public License, version 3 (AGPL-3.0-only). What else is in this file comes\n' +
      'under the licences below.',
    section('Node.js', read(join(inFolder(node.name), 'LICENSE'))),
    ...sharp.map((name) => section(name, read(join(inFolder(name), 'README.md')))),
    'libvips, and what is in it under the LGPL, are libraries of their own, loaded from files. Their sources and how they were\n' +
      'built: https://github.com/lovell/sharp-libvips and the projects it names; for what draws subtitles in the browser:\n' +
      'https://github.com/ThaUnknown/jassub. "npm run build:binary" in the sources of Kinora makes this file with others.',
    ...bundledIn(work).map(({ name, version, identifier = 'see its sources', text }) =>
      section(`${name} ${version} (${identifier})`, text ?? ''),
    ),
    section('swagger-ui-dist', read(join(ROOT, 'node_modules/swagger-ui-dist/LICENSE'))),
    section('The web interface', read(join(ROOT, 'dist/web/licences.txt'))),
    section('LGPL-3.0', read(join(ROOT, 'LICENSES/LGPL-3.0.txt'))),
    section('GPL-3.0', gplText()),
  ].join('\n\n');
}

/** The text of the GNU GPL, version 3, of which everybody gets a copy with a program under it. */
export const gplText = () => read(join(ROOT, 'LICENSES/GPL-3.0.txt'));

/** Each package once, by name: the bundles of the threads have some that the server has, too. */
function bundledIn(work: string): BundledPackage[] {
  const all = globSync('*.licences.json', { cwd: work }).flatMap(
    (file) => JSON.parse(read(join(work, file))) as BundledPackage[],
  );
  const byName = new Map(all.map((each) => [`${each.name} ${each.version}`, each]));
  return [...byName.values()].sort((a, b) => a.name.localeCompare(b.name, 'en'));
}

function read(path: string): string {
  if (!existsSync(path)) throw new Error(`${path} is not there: without its licence the binary may not be passed on.`);
  return readFileSync(path, 'utf8').trim();
}

const section = (title: string, text: string) => `${'='.repeat(80)}\n${title}\n${'='.repeat(80)}\n\n${text}`;
