import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE, runFfmpeg } from './media.ts';

/**
 * Films as people keep them who have many: 1080p24 HEVC of 10 bits at about 4 Mbit/s with AC-3 5.1, in Matroska, a key
 * frame every 4 s. Half a minute is encoded once and repeated.
 */
export async function hevc10(minutes: number): Promise<string> {
  const file = join(CACHE, `${minutes}min-1080p-hevc10-v1.mkv`);
  if (existsSync(file)) return file;
  console.log(`Making ${minutes} minutes of HEVC once.`);
  mkdirSync(CACHE, { recursive: true });
  const part = join(CACHE, '32s-1080p-hevc10-v1.mkv');
  if (!existsSync(part)) {
    const picture = 'testsrc2=size=1920x1080:rate=24,noise=alls=6:allf=t';
    const video = ['-pix_fmt', 'yuv420p10le', '-c:v', 'libx265', '-preset', 'superfast', '-b:v', '4M'];
    const keys = ['-x265-params', 'keyint=96:min-keyint=96:scenecut=0:open-gop=0:log-level=error'];
    const sound = ['-f', 'lavfi', '-i', 'sine=frequency=330:sample_rate=48000'];
    const audio = ['-ac', '6', '-c:a', 'ac3', '-b:a', '448k'];
    const half = `${part}.part.mkv`;
    await runFfmpeg(['-f', 'lavfi', '-i', picture, ...sound, '-t', '32', ...video, ...keys, ...audio, half]);
    renameSync(half, part);
  }
  const half = `${file}.part.mkv`;
  const times = Math.ceil((minutes * 60) / 32);
  await runFfmpeg(['-stream_loop', String(times - 1), '-i', part, '-c', 'copy', '-t', String(minutes * 60), half]);
  renameSync(half, file);
  return file;
}
