import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Tiny real media, made by ffmpeg once and kept in the system's temporary folder. */

const run = promisify(execFile);
const folder = join(tmpdir(), 'kinora-test-media');

const FFMPEG = process.env['KINORA_MEDIA_FFMPEG'] || 'ffmpeg';
const FFPROBE = process.env['KINORA_MEDIA_FFPROBE'] || 'ffprobe';

/** Runs ffmpeg; rejects with what it said. */
export async function ffmpeg(...argv: string[]): Promise<string> {
  const { stdout, stderr } = await run(FFMPEG, ['-hide_banner', '-nostdin', '-y', ...argv], { maxBuffer: 1 << 28 });
  return stdout + stderr;
}

export async function ffprobe(...argv: string[]): Promise<string> {
  return (await run(FFPROBE, ['-hide_banner', '-v', 'error', ...argv], { maxBuffer: 1 << 28 })).stdout;
}

/** Makes a file from ffmpeg arguments (all but the output), or returns the one made before. */
export async function makeMedia(extension: string, ...argv: string[]): Promise<string> {
  const name = createHash('sha256').update(argv.join('\0')).digest('hex').slice(0, 16);
  const path = join(folder, `${name}.${extension}`);
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  // Two tests may make the same at the same time.
  const aside = join(folder, `${name}-${randomUUID()}.${extension}`);
  await ffmpeg('-v', 'error', ...argv, aside);
  renameSync(aside, path);
  return path;
}

export interface ClipOptions {
  seconds?: number;
  size?: string;
  rate?: string;
  /** Frames between key frames. */
  gop?: number;
  extension?: string;
  video?: string[];
  audio?: string[] | null;
}

/** A moving test picture with a tone: H.264 with B-frames and AAC unless told otherwise. */
export function makeClip(options: ClipOptions = {}): Promise<string> {
  const { seconds = 10, size = '640x360', rate = '30', gop = 60, extension = 'mp4' } = options;
  const { video = ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '2'], audio = ['-c:a', 'aac', '-b:a', '96k'] } =
    options;
  const sound = audio ? ['-f', 'lavfi', '-i', `sine=frequency=440:duration=${seconds}:sample_rate=48000`] : [];
  return makeMedia(
    extension,
    ...['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=${rate}:duration=${seconds}`],
    ...sound,
    ...video,
    ...['-pix_fmt', 'yuv420p', '-g', String(gop), '-sc_threshold', '0'],
    ...(audio ?? []),
  );
}
