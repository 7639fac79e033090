import type { PictureSource } from '../../src/media/encode/filters.ts';

/** As one would type it, for reading: elements of an argv hold no spaces, or are quoted here. */
export const line = (argv: string[]) => argv.map((word) => (/[\s;]/.test(word) ? `'${word}'` : word)).join(' ');

/** An ordinary film. */
export const plain: PictureSource = {
  codec: 'h264',
  pixelFormat: 'yuv420p',
  range: 'sdr',
  interlaced: false,
  hasAlpha: false,
  frameRate: 25,
  colorSpace: 'bt709',
  width: 1920,
  height: 1080,
  reorderFrames: 2,
};
/** A name no shell may ever see. */
export const file = { path: '/films/a film; rm -rf.mkv', demuxer: 'matroska', trackIndex: 0 };
