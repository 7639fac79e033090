import { appendFileSync, copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runFfmpeg } from './media.ts';

const CACHE = join(tmpdir(), 'kinora-bench');

/** 1080p30 and sound, a key frame every 4 s: a minute of it, repeated without encoding it again. */
async function repeatedMinute(file: string, minutes: number, rate: string): Promise<string> {
  if (existsSync(file)) return file;
  console.log(`Making ${minutes} minutes of 1080p once.`);
  mkdirSync(CACHE, { recursive: true });
  const extension = file.slice(file.lastIndexOf('.'));
  const minute = `${file}.minute${extension}`;
  const picture = 'testsrc2=size=1920x1080:rate=30,noise=alls=6:allf=t';
  const video = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '120', '-sc_threshold', '0', '-pix_fmt', 'yuv420p'];
  const rates = ['-b:v', rate, '-maxrate', rate, '-bufsize', rate];
  const sound = ['-f', 'lavfi', '-i', 'sine=frequency=330:sample_rate=48000'];
  const audio = ['-ac', '2', '-c:a', 'aac', '-b:a', '128k'];
  await runFfmpeg(['-f', 'lavfi', '-i', picture, ...sound, '-t', '60', ...video, ...rates, ...audio, minute]);
  const half = `${file}.part${extension}`;
  await runFfmpeg(['-stream_loop', String(minutes - 1), '-i', minute, '-c', 'copy', '-movflags', '+faststart', half]);
  renameSync(half, file);
  rmSync(minute);
  return file;
}

/** Half an hour at 3 Mbit/s in FLV: its segments of 1.5 MB are cut by ffmpeg, and so stored. */
export function halfHourToStore(): Promise<string> {
  return repeatedMinute(join(CACHE, '30min-1080p-3M-v1.flv'), 30, '3M');
}

/** Different films of three minutes at 5 Mbit/s, in a folder: 110 MB each, moov in front. */
export async function filmsIn(folder: string, count: number): Promise<void> {
  const film = await repeatedMinute(join(CACHE, '3min-1080p-5M-v1.mp4'), 3, '5M');
  for (let n = 1; n <= count; n += 1) {
    const path = join(folder, `Film ${n}.mp4`);
    copyFileSync(film, path);
    // A box that players skip (ISO/IEC 14496-12 section 8.1.2), of another length in each: no two files are the same.
    const box = Buffer.alloc(8 + n, n);
    box.writeUInt32BE(box.length, 0);
    box.write('free', 4, 'latin1');
    appendFileSync(path, box);
  }
}
