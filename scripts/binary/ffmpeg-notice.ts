import { spawnSync } from 'node:child_process';
import { gplText } from './licences.ts';

/**
 * What goes along with a binary that has ffmpeg inside, as the GNU GPL asks for (version 3, sections 4 to 6): which programs these
 * are, how they were configured, their licence, and where their sources are. `pair` are their paths; those for another
 * system cannot be asked.
 */
export function ffmpegNotice(pair: readonly string[]): string {
  const about = pair.map(
    (path) => said(path, '-version') ?? `${path}\nIt is for another system and could not be asked.`,
  );
  return `${[
    'Kinora is licensed under the GNU Affero General Public License, version 3. With it, in the same file, come ffmpeg and\n' +
      'ffprobe: programs of their own, licensed under the GNU General Public License. Whoever passes this file on passes on\n' +
      'these as well, and owes their corresponding source: that of the versions below, with the libraries named in their\n' +
      'configuration.',
    'Sources: https://git.ffmpeg.org/ffmpeg.git, at the revision that the version names (n7.0-7-gd38bf5e08e is d38bf5e08e),\n' +
      'or https://ffmpeg.org/releases/ for a plain number; the libraries from the projects of these names.',
    ...about,
    said(pair[0]!, '-L') ?? 'Licence: https://www.gnu.org/licenses/gpl-3.0.html',
    gplText(),
  ].join('\n\n')}\n`;
}

function said(path: string, option: string): string | null {
  const { status, stdout } = spawnSync(path, ['-hide_banner', option], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
}
