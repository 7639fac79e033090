import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { findBox, listBoxes } from '../../src/media/container/boxes.ts';
import { readFragment, readTimescale, readTrackDefaults } from '../../src/media/container/fragment.ts';
import { makeMedia } from './media.ts';

/**
 * A picture that flashes white and a tone that beeps at the same known times, and what is left of them in what was delivered:
 * the surest way to see whether frames are there, upright, at their times, and in step with the sound.
 */

const run = promisify(execFile);
const FFMPEG = process.env['KINORA_MEDIA_FFMPEG'] || 'ffmpeg';

export interface FlashOptions {
  seconds?: number;
  rate?: string;
  size?: string;
  /** More filters behind the picture and the sound. */
  filters?: string;
  soundFilters?: string;
  /** How much later than the file begins, in seconds. */
  pictureDelaySec?: number;
  soundDelaySec?: number;
}

/** ffmpeg's inputs 0 (picture) and 1 (sound): both at 1 s, 3 s, 5 s ... The upper left corner is red, the rest dark. */
function flashAndBeep({
  seconds = 9,
  rate = '25',
  size = '320x180',
  filters,
  soundFilters,
  ...delays
}: FlashOptions = {}) {
  const flash = 'gte(t,0.9)*lt(mod(t+1.0005,2),0.0605)';
  const picture = [
    `testsrc2=size=${size}:rate=${rate}:duration=${seconds}`,
    'format=yuv420p,lutyuv=y=16+(val-16)/4',
    'drawbox=w=iw/2:h=ih/2:c=red:t=fill',
    `drawbox=c=white:t=fill:enable='${flash}'`,
    ...(filters ? [filters] : []),
  ].join(',');
  const beep = '0.7*sin(2000*PI*t)*gte(t,0.9)*lt(mod(t+1,2),0.1)';
  const sound = [`aevalsrc='${beep}|${beep}':s=48000:d=${seconds}`, ...(soundFilters ? [soundFilters] : [])].join(',');
  const delayed = (delaySec = 0) => (delaySec > 0 ? ['-itsoffset', String(delaySec)] : []);
  return [
    ...[...delayed(delays.pictureDelaySec), '-f', 'lavfi', '-i', picture],
    ...[...delayed(delays.soundDelaySec), '-f', 'lavfi', '-i', sound],
  ];
}

export const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'fastdecode', '-pix_fmt', 'yuv420p'];
export const PLAIN = [...H264, '-bf', '2', '-g', '50', '-sc_threshold', '0'];
export const AAC = ['-c:a', 'aac', '-b:a', '96k'];

/** A clip of it: H.264 with a key frame every two seconds, and AAC, unless `argv` says otherwise. */
export function makeFlashes(extension: string, options: FlashOptions = {}, argv = [...PLAIN, ...AAC]): Promise<string> {
  return makeMedia(extension, ...flashAndBeep(options), ...argv);
}

export interface SeenPicture {
  /** Presentation times as a browser reads them: what the fragments say, not what a demuxer makes of it. */
  timesSec: number[];
  /** Until when the last frame is shown. */
  endSec: number;
  /** When the picture turns white. */
  flashesSec: number[];
  /** The brightest frame: mean of red, green and blue. */
  white: number;
  /** How many frames decode. */
  frames: number;
  /** Mean colour (red, green, blue) of the four quarters of a dark frame: upper left, upper right, lower left, lower right. */
  quarters: [number, number, number][];
  width: number;
  height: number;
  complaints: string;
}

/** Looks at a delivered video rendition: its init segment and all segments in one file. */
export async function seePicture(path: string, filters = 'scale=16:16:flags=area,format=rgb24'): Promise<SeenPicture> {
  const { timesSec, endSec } = fragmentTimes(path);
  const argv = ['-hide_banner', '-nostdin', '-v', 'error', '-i', path, '-map', '0:v', '-vf', filters];
  const { stdout, stderr } = await run(
    FFMPEG,
    [...argv, '-fps_mode', 'passthrough', '-enc_time_base', '1:90000', '-f', 'rawvideo', 'pipe:1'],
    {
      encoding: 'buffer',
      maxBuffer: 1 << 28,
    },
  );
  const frames = stdout.length / (16 * 16 * 3);
  const bright: boolean[] = [];
  let white = 0;
  for (let n = 0; n < frames; n++) {
    const frame = stdout.subarray(n * 768, (n + 1) * 768);
    const mean = frame.reduce((sum, value) => sum + value, 0) / 768;
    white = Math.max(white, mean);
    bright.push(mean > 110);
  }
  // What is decoded for another frame's sake is there for no time at all.
  const isShown = (n: number) => (timesSec[n + 1] ?? Number.POSITIVE_INFINITY) - timesSec[n]! > 0.001;
  const flashesSec = bright.flatMap((isBright, n) =>
    isBright && !bright[n - 1] && isShown(n) ? [timesSec[n] ?? Number.NaN] : [],
  );
  const dark = Math.max(0, bright.indexOf(false));
  const size = await pictureSize(path);
  return {
    timesSec,
    endSec,
    flashesSec,
    white,
    frames,
    quarters: quartersOf(stdout.subarray(dark * 768, (dark + 1) * 768)),
    ...size,
    complaints: stderr.toString('utf8'),
  };
}

async function pictureSize(path: string): Promise<{ width: number; height: number }> {
  const init = readFileSync(path);
  const tkhd = findBox(init, 'moov/trak/tkhd')!;
  return { width: init.readUInt32BE(tkhd.end - 8) >>> 16, height: init.readUInt32BE(tkhd.end - 4) >>> 16 };
}

export function quartersOf(rgb: Buffer): [number, number, number][] {
  const mean = (x: number, y: number): [number, number, number] => {
    const sums: [number, number, number] = [0, 0, 0];
    for (let row = y + 2; row < y + 6; row++) {
      for (let column = x + 2; column < x + 6; column++) {
        for (let c = 0; c < 3; c++) sums[c]! += rgb[(row * 16 + column) * 3 + c]! / 16;
      }
    }
    return sums.map(Math.round) as [number, number, number];
  };
  return [mean(0, 0), mean(8, 0), mean(0, 8), mean(8, 8)];
}

/** Presentation times of all samples, sorted, by our own reading of the fragments; and where the last one ends. */
function fragmentTimes(path: string): { timesSec: number[]; endSec: number } {
  const bytes = readFileSync(path);
  const boxes = listBoxes(bytes);
  const init = bytes.subarray(0, boxes.find(({ type }) => type === 'moov')!.end);
  const timescale = readTimescale(init);
  const defaults = readTrackDefaults(init);
  const elst = findBox(init, 'moov/trak/edts/elst');
  const leadInTicks = elst ? Number(init.readBigInt64BE(elst.bodyStart + 16)) : 0;
  let endSec = 0;
  const times = boxes.flatMap((box, n) => {
    if (box.type !== 'moof') return [];
    const mdat = boxes[n + 1]!;
    const moof = bytes.subarray(box.start, box.end);
    const body = bytes.subarray(mdat.bodyStart, mdat.end);
    const samples = readFragment(moof, body, moof.length + 8, defaults);
    const startTicks = Number(moof.readBigInt64BE(findBox(moof, 'moof/traf/tfdt')!.bodyStart + 4));
    endSec = (startTicks + samples.reduce((sum, { durationTicks }) => sum + durationTicks, 0)) / timescale;
    return samples.map(({ ptsTicks }) => (ptsTicks - leadInTicks) / timescale);
  });
  return { timesSec: times.sort((a, b) => a - b), endSec };
}

export interface HeardSound {
  beepsSec: number[];
  seconds: number;
  /** The loudest sample, 1 being full scale. */
  peak: number;
  complaints: string;
}

/** Listens to a delivered audio rendition, its priming hidden as its edit list says. */
export async function hearSound(path: string): Promise<HeardSound> {
  const argv = ['-hide_banner', '-nostdin', '-v', 'error', '-copyts', '-i', path, '-map', '0:a'];
  const filters = 'aresample=48000,aresample=48000:async=1:first_pts=0';
  const raw = ['-af', filters, '-ac', '1', '-f', 's16le', 'pipe:1'];
  const { stdout, stderr } = await run(FFMPEG, [...argv, ...raw], { encoding: 'buffer', maxBuffer: 1 << 28 });
  const samples = new Int16Array(stdout.buffer, stdout.byteOffset, stdout.length >> 1);
  const beepsSec: number[] = [];
  let peak = 0;
  let lastLoud = Number.NEGATIVE_INFINITY;
  for (let n = 0; n < samples.length; n++) {
    const level = Math.abs(samples[n]!) / 32_768;
    peak = Math.max(peak, level);
    if (level < 0.15) continue;
    if (n - lastLoud > 24_000) beepsSec.push(n / 48_000);
    lastLoud = n;
  }
  return { beepsSec, seconds: samples.length / 48_000, peak, complaints: stderr.toString('utf8') };
}
