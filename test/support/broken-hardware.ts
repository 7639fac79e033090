import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * An ffmpeg on a machine with an NVIDIA card that can break: a program that hands everything on to the real ffmpeg, but does
 * the work of `h264_nvenc` and `hevc_nvenc` by software with other parameter sets than ours. While `controls.breakAfter`
 * says a number of frames, the card falls off the bus after as many.
 */
export interface BreakableCard {
  ffmpeg: string;
  /** After how many frames it breaks from now on; null mends it. */
  breakAfter(frames: number | null): void;
}

export function makeBreakableCard(folder: string): BreakableCard {
  const state = join(folder, 'card.json');
  const breakAfter = (frames: number | null) => writeFileSync(state, JSON.stringify({ frames }));
  breakAfter(null);
  const path = join(folder, 'ffmpeg-with-card');
  const real = process.env['KINORA_MEDIA_FFMPEG'] || 'ffmpeg';
  writeFileSync(
    path,
    `#!${process.execPath}
const { spawn } = require('node:child_process');
const { readFileSync } = require('node:fs');
const argv = process.argv.slice(2);
const OWN = ['-rc', '-forced-idr', '-no-scenecut', '-gpu', '-level:v'];
const SETS = {
  h264_nvenc: ['libx264', '-x264-params', 'cabac=0:ref=1:slices=2:scenecut=0:bframes=0'],
  hevc_nvenc: ['libx265', '-forced-idr', '1', '-x265-params', 'log-level=error:scenecut=0:bframes=0:ref=1:open-gop=0:info=0:ctu=32'],
};
const state = JSON.parse(readFileSync(${JSON.stringify(state)}, 'utf8'));
// A job shorter than that is done before it breaks.
const wanted = Number(argv[argv.indexOf('-frames:v') + 1]);
const frames = argv.includes('-frames:v') && wanted <= state.frames ? null : state.frames;
let onCard = false;
const real = [];
for (let n = 0; n < argv.length; n++) {
  const sets = argv[n] === '-c:v' ? SETS[argv[n + 1]] : undefined;
  if (sets) {
    onCard = true;
    real.push('-c:v', ...sets, '-preset', 'veryfast');
    if (frames !== null) real.push('-frames:v', String(frames));
    n++;
  } else if (onCard && (OWN.includes(argv[n]) || /^p[1-7]$/.test(argv[n + 1]))) {
    // The device takes a level in its own way; the software that plays it is told in the usual one.
    if (argv[n] === '-level:v') real.push('-level:v', argv[n + 1]);
    n++;
  } else real.push(argv[n]);
}
const pipes = real.flatMap((word) => /^pipe:\\d+$/.test(word) ? [Number(word.slice(5))] : []);
const stdio = Array.from({ length: Math.max(2, ...pipes) + 1 }, (_, n) => n);
const child = spawn(${JSON.stringify(real)}, real, { stdio });
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => child.kill(signal));
child.on('close', (code, signal) => {
  if (!onCard || frames === null || signal) process.exit(code ?? 1);
  console.error('[h264_nvenc @ 0x55d0c0ffee] EncodePicture failed!: device lost (4): the card has fallen off the bus');
  // What it encoded has been taken by then: clips are so short that all of it would come at once with the end.
  setTimeout(() => process.exit(1), 500);
});
`,
  );
  chmodSync(path, 0o755);
  return { ffmpeg: path, breakAfter };
}
