import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { makeMedia } from './media.ts';

/** Films whose every frame says its number, in a way that any encoder leaves readable. */

const run = promisify(execFile);
const FFMPEG = process.env['KINORA_MEDIA_FFMPEG'] || 'ffmpeg';
const QUIET = ['-hide_banner', '-nostdin', '-v', 'error'];
/** Sixteen blocks in the picture's lowest 20 lines: a frame's number, lowest bit first, black and white. */
const BITS = 16;
const WIDTH = 320;
const HEIGHT = 180;
const BAND = 20;

export interface NumberedOptions {
  seconds: number;
  rate: string;
  /** Frames between key frames. */
  gop: number;
}

/**
 * A moving picture, compressed without loss in a profile that no browser plays, and sound without loss: tones that come
 * and go, and a little noise.
 */
export function makeNumbered({ seconds, rate, gop }: NumberedOptions): Promise<string> {
  const bits = `nullsrc=s=${BITS}x1:r=${rate}:d=${seconds},format=gray,geq=lum='255*mod(floor(N/pow(2,X)),2)'`;
  const band = `${bits},scale=${WIDTH}:${BAND}:flags=neighbor,format=yuv420p[band]`;
  const picture = `testsrc2=s=${WIDTH}x${HEIGHT}:r=${rate}:d=${seconds},format=yuv420p[picture]`;
  const tones = '0.2*sin(2*PI*440*t)*(1+sin(2*PI*t/3))+0.1*sin(2*PI*(1000+400*sin(t))*t)+0.01*(random(0)-0.5)';
  return makeMedia(
    'mkv',
    ...[
      '-f',
      'lavfi',
      '-i',
      `aevalsrc='${tones}|0.8*(${tones.replace('random(0)', 'random(1)')})':s=48000:d=${seconds}`,
    ],
    ...['-filter_complex', `${band};${picture};[picture][band]overlay=0:${HEIGHT - BAND}:format=yuv420[v]`],
    ...['-map', '[v]', '-map', '0:a', '-c:v', 'libx264', '-qp', '0', '-preset', 'ultrafast', '-g', String(gop)],
    ...['-pix_fmt', 'yuv420p', '-c:a', 'flac'],
  );
}

/** A still picture for half of its length, then noise that no encoder can foresee. No sound. */
export function makeStillThenNoise(halfSeconds: number): Promise<string> {
  const still = `smptebars=s=${WIDTH}x${HEIGHT}:r=30:d=${halfSeconds}`;
  const noise = `testsrc2=s=${WIDTH}x${HEIGHT}:r=30:d=${halfSeconds},noise=alls=60:allf=t`;
  return makeMedia(
    'mkv',
    ...['-filter_complex', `${still},format=yuv420p[a];${noise},format=yuv420p[b];[a][b]concat[v]`, '-map', '[v]'],
    ...['-c:v', 'libx264', '-qp', '0', '-preset', 'ultrafast', '-g', '60', '-pix_fmt', 'yuv420p'],
  );
}

/** The number each decoded frame shows, in the order shown. Rejects where a strict decoder complains. */
export async function frameNumbers(path: string): Promise<number[]> {
  const read = `crop=iw:${BAND}:0:ih-${BAND},scale=${BITS}:1:flags=area,format=gray`;
  const argv = [...QUIET, '-xerror', '-i', path, '-map', '0:v:0', '-vf', read, '-fps_mode', 'passthrough'];
  const { stdout, stderr } = await run(FFMPEG, [...argv, '-f', 'rawvideo', '-'], {
    encoding: 'buffer',
    maxBuffer: 1 << 26,
  });
  const complaints = stderr.toString('utf8').trim();
  if (complaints !== '') throw new Error(complaints);
  return Array.from({ length: stdout.length / BITS }, (_, n) => {
    const blocks = [...stdout.subarray(n * BITS, (n + 1) * BITS)];
    return blocks.reduce((sum, light, bit) => sum + (light > 128 ? 2 ** bit : 0), 0);
  });
}

/** How much each frame is like the same frame of another film, in dB (luma). Equal frames count as 100. */
export async function likenessDb(path: string, original: string): Promise<number[]> {
  const graph = '[0:v]settb=1/1000,setpts=N[a];[1:v]settb=1/1000,setpts=N[b];[a][b]psnr=stats_file=-:eof_action=endall';
  const argv = [...QUIET, '-i', path, '-i', original, '-lavfi', graph, '-f', 'null', '-'];
  const { stdout } = await run(FFMPEG, argv, { maxBuffer: 1 << 26 });
  return [...stdout.matchAll(/psnr_y:(\S+)/g)].map((match) => (match[1] === 'inf' ? 100 : Number(match[1])));
}

/** Decoded sound: samples of the first channel at 48 kHz, from -1 to 1, as a player that heeds edit lists hears it. */
export async function decodeSound(path: string): Promise<Float32Array> {
  const fromZero = 'pan=mono|c0=c0,aresample=48000,aresample=48000:first_pts=0';
  const argv = [...QUIET, '-xerror', '-copyts', '-i', path, '-map', '0:a:0', '-af', fromZero, '-f', 'f32le', '-'];
  const { stdout } = await run(FFMPEG, argv, { encoding: 'buffer', maxBuffer: 1 << 28 });
  const aligned = new Uint8Array(stdout).buffer;
  return new Float32Array(aligned, 0, Math.floor(stdout.length / 4));
}

/** How loud what one has and the other has not is, in dB below full scale, for each piece of so many samples. */
export function differencesDb(one: Float32Array, other: Float32Array, pieceSamples: number): number[] {
  const pieces = Math.floor(Math.min(one.length, other.length) / pieceSamples);
  return Array.from({ length: pieces }, (_, piece) => {
    let energy = 0;
    for (let n = piece * pieceSamples; n < (piece + 1) * pieceSamples; n++) energy += (one[n]! - other[n]!) ** 2;
    return 10 * Math.log10(energy / pieceSamples + 1e-12);
  });
}
