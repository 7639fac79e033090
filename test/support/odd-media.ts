import { makeMedia } from './media.ts';

/**
 * Small films of any container and codec, for holding what Kinora delivers against what went in. Each shows a white frame
 * and sounds a beep at the same moments, half a second after every whole one: what is out of step shows.
 */

export const ODD_SECONDS = 7;
/** One frame of 25 a second. */
export const ODD_FRAME_SEC = 0.04;

const flashing = (t: string) => `between(mod(${t}\\,1)\\,0.519\\,0.557)`;
const picture = (rate: number) =>
  `testsrc2=size=320x180:rate=${rate}:duration=${ODD_SECONDS},lutyuv=y=val/3,` +
  `drawbox=color=white:t=fill:enable='${flashing('t')}'`;
const sound = (sampleRate: number) =>
  `aevalsrc='if(between(mod(t\\,1)\\,0.52\\,0.56)\\,0.7*sin(2*PI*1000*t)\\,0)':s=${sampleRate}:d=${ODD_SECONDS}`;

export const PICTURE = ['-f', 'lavfi', '-i', picture(25)];
export const SOUND = ['-f', 'lavfi', '-i', sound(48_000)];

/** H.264 with B-frames and a key frame every two seconds. */
export const H264 = [
  ...['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '2', '-g', '50'],
  ...['-sc_threshold', '0', '-pix_fmt', 'yuv420p'],
];

/** A film with flashes and beeps, encoded as told. */
export function makeOdd(extension: string, ...codecs: string[]): Promise<string> {
  return makeMedia(extension, ...PICTURE, ...SOUND, ...codecs, '-strict', '-2');
}

/** The beeps alone. */
export function makeOddSound(extension: string, ...codecs: string[]): Promise<string> {
  return makeMedia(extension, ...SOUND, ...codecs, '-strict', '-2');
}
