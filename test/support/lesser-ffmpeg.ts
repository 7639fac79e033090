import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * An ffmpeg that was built with less: a program that hands everything on to the real one, but neither lists nor takes some of its
 * filters and encoders. Returns its path.
 */
export function makeLesserFfmpeg(folder: string, lacking: readonly string[]): string {
  const path = join(folder, 'ffmpeg-with-less');
  const real = process.env['KINORA_MEDIA_FFMPEG'] || 'ffmpeg';
  const refusals = lacking.map(
    (name) => `  *[!a-z0-9]${name}[!a-z0-9]*) echo "No such filter or encoder: '${name}'" >&2; exit 1;;`,
  );
  writeFileSync(
    path,
    `#!/bin/sh
case " $* " in
  *" -filters "* | *" -encoders "*) ${real} "$@" | grep -vE ' (${lacking.join('|')}) '; exit;;
${refusals.join('\n')}
esac
exec ${real} "$@"
`,
  );
  chmodSync(path, 0o755);
  return path;
}
