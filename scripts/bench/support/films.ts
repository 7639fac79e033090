import { existsSync, globSync, mkdirSync, renameSync, rmSync, statfsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CACHE, runFfmpeg } from './media.ts';

/** Films of 90 minutes, about 4 GB each, that differ in nothing but how they are wrapped. */
export type FilmKind = 'mp4' | 'mp4-moov-last' | 'mkv' | 'ts';

/** Raised when films are made differently: those made before are then made anew. */
const VERSION = 1;
const MINUTES = 90;
const FILM_GB = 4.3;
/** Seconds of each scene of the minute that a film repeats. Cuts are where they fall, as in a film. */
const SCENES = [7, 2.5, 13, 4, 3, 9.5, 6, 15];
/** x264 puts a key frame at each cut, and after ten seconds without one. */
const LONGEST_GROUP_FRAMES = 240;

const MUXERS: Record<FilmKind, string[]> = {
  mp4: ['-movflags', '+faststart', '-f', 'mp4'],
  'mp4-moov-last': ['-f', 'mp4'],
  // Cues at the end of the file, as mkvmerge puts them, too.
  mkv: ['-f', 'matroska'],
  ts: ['-f', 'mpegts'],
};

/**
 * A film of 90 minutes: 1080p24 H.264 at about 6 Mbit/s with B-frames and key frames 2.5 to 10 s apart, AAC stereo. Made once
 * and kept in the system's temporary folder, in a folder of its own that a library can be pointed at. One minute is encoded
 * and repeated as it is.
 */
export async function film(kind: FilmKind): Promise<string> {
  const file = filmPath(kind);
  if (existsSync(file)) return file;
  const minute = await filmMinute();
  console.log(`Making 90 minutes of 1080p once, as ${kind}.`);
  const wrap = ['-map', '0', '-c', 'copy', ...MUXERS[kind]];
  await makeOnce(file, FILM_GB, ['-stream_loop', String(MINUTES - 1), '-i', minute, ...wrap]);
  return file;
}

/** The first `minutes` of the film, for peers that would take too long over all of it. */
export async function filmStart(minutes: number): Promise<string> {
  const file = join(CACHE, `film-start-v${VERSION}`, `Start of a film ${minutes} min.mp4`);
  if (existsSync(file)) return file;
  const loop = ['-stream_loop', String(minutes - 1), '-i', await filmMinute(), '-map', '0', '-c', 'copy'];
  await makeOnce(file, (FILM_GB * minutes) / MINUTES, [...loop, ...MUXERS.mp4]);
  return file;
}

function filmPath(kind: FilmKind): string {
  const extension = kind === 'mp4-moov-last' ? 'mp4' : kind;
  return join(CACHE, `film-${kind}-v${VERSION}`, `A Film (2020).${extension}`);
}

async function filmMinute(): Promise<string> {
  const file = join(CACHE, `film-minute-v${VERSION}.mp4`);
  if (existsSync(file)) return file;
  console.log('Encoding one minute of 1080p once.');
  const pictures = SCENES.flatMap((seconds, n) => ['-f', 'lavfi', '-i', scene(n, seconds)]);
  const sound = ['-f', 'lavfi', '-i', 'anoisesrc=duration=60:color=pink:sample_rate=48000:amplitude=0.1'];
  const joined = SCENES.map((_, n) => `[${n}:v]`).join('');
  const graph = `${joined}concat=n=${SCENES.length}:v=1:a=0,noise=alls=7:allf=t[film]`;
  const cuts = SCENES.map((_, n) => SCENES.slice(0, n).reduce((sum, seconds) => sum + seconds, 0));
  const keys = ['-g', String(LONGEST_GROUP_FRAMES), '-force_key_frames', cuts.join(',')];
  const video = ['-c:v', 'libx264', '-preset', 'superfast', '-bf', '3', ...keys];
  const rate = ['-b:v', '5750k', '-maxrate', '9M', '-bufsize', '12M'];
  const audio = ['-c:a', 'aac', '-ac', '2', '-b:a', '160k'];
  const mapped = ['-filter_complex', graph, '-map', '[film]', '-map', `${SCENES.length}:a`, '-t', '60'];
  await makeOnce(file, 0.1, [...pictures, ...sound, ...mapped, ...video, ...rate, ...audio, '-f', 'mp4']);
  return file;
}

function scene(n: number, seconds: number): string {
  const size = `size=1920x1080:rate=24:duration=${seconds}`;
  const picture =
    n % 2 === 0 ? `testsrc2=${size},hue=h=${n * 31}` : `gradients=${size}:seed=${n}:nb_colors=6:speed=0.02`;
  return `${picture},format=yuv420p,setsar=1`;
}

/** Written beside its place and then renamed, so that a film is there whole or not at all. */
async function makeOnce(file: string, sizeGb: number, args: string[]): Promise<void> {
  mkdirSync(dirname(file), { recursive: true });
  removeLeftovers();
  const { bavail, bsize } = statfsSync(CACHE);
  const freeGb = (bavail * bsize) / 1e9;
  if (freeGb < sizeGb + 1) {
    const needed = (sizeGb + 1).toFixed(1);
    throw new Error(
      `${basename(file)} needs ${needed} GB of free disk in ${CACHE}, and there are ${freeGb.toFixed(1)} GB. ` +
        'Make room, or set TMPDIR to a folder on a larger disk.',
    );
  }
  // Not in the film's folder, which a library may be watching.
  const part = join(CACHE, `${basename(dirname(file))}-${basename(file)}.${process.pid}.part`);
  try {
    await runFfmpeg([...args, part]);
    renameSync(part, file);
  } finally {
    rmSync(part, { force: true });
  }
}

/** What a run left that was killed while it made a film. */
function removeLeftovers(): void {
  for (const name of globSync('*.part', { cwd: CACHE })) {
    const pid = Number(/\.(\d+)\.part$/.exec(name)?.[1]);
    if (pid && !isAlive(pid)) rmSync(join(CACHE, name), { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
