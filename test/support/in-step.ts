import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** When a film flashes and when it beeps, as a strict decoder finds them. Seconds on the file's own clock. */

const run = promisify(execFile);
const FFMPEG = process.env['KINORA_MEDIA_FFMPEG'] || 'ffmpeg';
const PLAIN = ['-hide_banner', '-nostdin', '-v', 'error', '-copyts'];
const STRICT = [...PLAIN, '-xerror'];
const SOUND_RATE = 8000;
/** Mean brightness above which a frame is a flash, and samples (16 bit) above which sound is a beep. */
const BRIGHT = 180;
const LOUD = 4000;

export interface Seen {
  /** Presentation time of each decoded frame, in the order shown. */
  framesSec: number[];
  flashesSec: number[];
  complaints: string;
}

/** Decodes the pictures of a file, by default strictly; `original` lets pass what people's own files have. */
export async function seePictures(path: string, original = false): Promise<Seen> {
  const print = 'signalstats,metadata=print:key=lavfi.signalstats.YAVG:file=-';
  const argv = [...(original ? PLAIN : STRICT), '-i', path, '-map', '0:V:0', '-vf', print, '-fps_mode', 'passthrough'];
  const { stdout, stderr } = await run(FFMPEG, [...argv, '-f', 'null', '-'], { maxBuffer: 1 << 26 });
  const framesSec = [...stdout.matchAll(/pts_time:(\S+)/g)].map((match) => Number(match[1]));
  const brightness = [...stdout.matchAll(/YAVG=(\S+)/g)].map((match) => Number(match[1]));
  return { framesSec, flashesSec: framesSec.filter((_, n) => brightness[n]! > BRIGHT), complaints: stderr.trim() };
}

export interface Heard {
  /** Where the sound ends, counted from time zero: silence at its start included. */
  endSec: number;
  beepsSec: number[];
  complaints: string;
}

export async function hearSound(path: string, original = false): Promise<Heard> {
  const filters = `aresample=${SOUND_RATE}:async=1:first_pts=0`;
  const argv = [...(original ? PLAIN : STRICT), '-i', path, '-map', '0:a:0', '-af', filters];
  argv.push('-ac', '1', '-f', 's16le', '-');
  const { stdout, stderr } = await run(FFMPEG, argv, { encoding: 'buffer', maxBuffer: 1 << 26 });
  const beepsSec: number[] = [];
  const samples = stdout.length / 2;
  let lastLoud = Number.NEGATIVE_INFINITY;
  for (let n = 0; n < samples; n++) {
    if (Math.abs(stdout.readInt16LE(n * 2)) < LOUD) continue;
    if (n - lastLoud > SOUND_RATE / 4) beepsSec.push(n / SOUND_RATE);
    lastLoud = n;
  }
  return { endSec: samples / SOUND_RATE, beepsSec, complaints: stderr.toString('utf8').trim() };
}
