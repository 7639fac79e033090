import { spawn } from 'node:child_process';
import { existsSync, globSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { onCore } from './cores.ts';

export const FFMPEG = process.env['KINORA_MEDIA_FFMPEG'] || 'ffmpeg';
/** What is made once for benchmarks. */
export const CACHE = join(tmpdir(), 'kinora-bench');
const MINUTES = 10;

/**
 * Runs ffmpeg, on one core where one is named, drops what it writes to stdout, and returns the milliseconds it took. With
 * the `niceness` of what it is compared with, whatever else is at work takes as much from the one as from the other.
 */
export async function runFfmpeg(args: string[], core: number | null = null, niceness = 0): Promise<number> {
  const started = performance.now();
  const child = spawn(...onCore(core, FFMPEG, ['-nostdin', '-v', 'error', '-y', ...args]), {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (niceness > 0 && child.pid) setPriority(child.pid, niceness);
  child.stdout.resume();
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0) throw new Error(`ffmpeg ended with code ${code}: ${args.join(' ')}`);
  return performance.now() - started;
}

/**
 * Ten minutes of 1080p30 H.264 at about 4 Mbit/s with AAC, a key frame every 4 s, moov in front. Made once and kept in the
 * system's temporary folder: one minute is encoded and repeated without encoding it again.
 */
export async function tenMinutes1080p(): Promise<string> {
  const file = join(CACHE, `${MINUTES}min-1080p-v1.mp4`);
  if (existsSync(file)) return file;
  console.log(`Making ${MINUTES} minutes of 1080p once.`);
  mkdirSync(CACHE, { recursive: true });
  const minute = join(CACHE, 'minute.mp4');
  const picture = 'testsrc2=size=1920x1080:rate=30,noise=alls=6:allf=t';
  const video = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '120', '-sc_threshold', '0', '-pix_fmt', 'yuv420p'];
  const rate = ['-b:v', '4M', '-maxrate', '5M', '-bufsize', '8M'];
  const sound = ['-f', 'lavfi', '-i', 'sine=frequency=330:sample_rate=48000'];
  const audio = ['-ac', '2', '-c:a', 'aac', '-b:a', '128k'];
  await runFfmpeg(['-f', 'lavfi', '-i', picture, ...sound, '-t', '60', ...video, ...rate, ...audio, minute]);
  const half = `${file}.part.mp4`;
  const loop = ['-stream_loop', String(MINUTES - 1), '-i', minute, '-c', 'copy'];
  await runFfmpeg([...loop, '-movflags', '+faststart', half]);
  renameSync(half, file);
  return file;
}

/**
 * Half a minute of 480p with one key frame every 12 s, as films made for download have: its encoded qualities are cut on a
 * grid of their own.
 */
export async function halfMinute480p(): Promise<string> {
  const file = join(CACHE, '30s-480p-v1.mp4');
  if (existsSync(file)) return file;
  mkdirSync(CACHE, { recursive: true });
  const picture = 'testsrc2=size=854x480:rate=24,noise=alls=4:allf=t';
  const video = ['-c:v', 'libx264', '-preset', 'veryfast', '-g', '288', '-sc_threshold', '0', '-pix_fmt', 'yuv420p'];
  const sound = ['-f', 'lavfi', '-i', 'sine=frequency=330:sample_rate=48000', '-c:a', 'aac'];
  await runFfmpeg(['-f', 'lavfi', '-i', picture, ...sound, '-t', '30', ...video, '-b:v', '1M', `${file}.part.mp4`]);
  renameSync(`${file}.part.mp4`, file);
  return file;
}

export function sizeOf(file: string): number {
  return statSync(file).size;
}

/**
 * Makes the kernel forget a file's pages, so that the next reader waits for the disk. Of this one file alone, since
 * dropping all caches would also make a peer load its own program again. False where that cannot be done, or was not.
 */
export async function forget(file: string): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  // Pages that are not written yet cannot be dropped.
  await run('sync', [file]);
  if ((await run('dd', [`if=${file}`, 'iflag=nocache', 'count=0'])).code !== 0) return false;
  const resident = await run('fincore', ['--bytes', '--noheadings', '--output', 'RES', file]);
  // Where nothing can count what is left, dd is believed.
  return resident.code !== 0 || Number(resident.said) < MOST_LEFT_BYTES;
}

/** What others have mapped stays. */
const MOST_LEFT_BYTES = 1 << 20;

/** Makes the kernel forget all files below a folder as far as it does: a database that is open keeps a few pages. */
export async function forgetFolder(folder: string): Promise<void> {
  for (const name of globSync('**/*', { cwd: folder })) {
    const path = join(folder, name);
    if (statSync(path, { throwIfNoEntry: false })?.isFile()) await forget(path);
  }
}

/** Reads a file from end to end, so that the kernel has it in memory if there is room. */
export async function warm(file: string): Promise<void> {
  await run('dd', [`if=${file}`, 'of=/dev/null', 'bs=4M']);
}

function run(command: string, args: string[]): Promise<{ code: number | null; said: string }> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    child.on('error', () => resolve({ code: 127, said: '' }));
    child.on('close', (code) => resolve({ code, said: said.trim() }));
  });
}
