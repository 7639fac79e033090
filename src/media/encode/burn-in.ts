import type { BurnsIn } from '../types.ts';

/** Picture subtitles (Blu-ray, DVD, DVB) drawn into the picture, for players that cannot draw them themselves. */

/** A file of subtitles alone, as extraction left it: its times count from the start of the presentation. */
export interface BurnInput {
  path: string;
  demuxer: BurnsIn['demuxer'];
  fit: BurnsIn['fit'];
}

/**
 * From `[picture]`, already of its final size, and the subtitles to `[drawn]`. ffmpeg paints subtitles on a canvas of their
 * own; each change of it is a frame.
 */
export function burnGraph(burn: BurnInput, { width, height }: { width: number; height: number }): string {
  const contain = burn.fit === 'contain' ? ':force_original_aspect_ratio=decrease' : '';
  return (
    `[1:0]scale=${width}:${height}${contain}[subtitles];` +
    '[picture][subtitles]overlay=x=(W-w)/2:y=(H-h)/2:eof_action=pass:format=yuv420,format=yuv420p'
  );
}

/**
 * How a canvas lies on a picture. One of the picture's own shape covers it, and so does a DVD's, whose pixels are as little
 * square as those of the picture. The canvas of a Blu-ray is larger than a film whose black bars were cut off: it is made
 * smaller, so that nothing falls beside the picture.
 */
export function fitOf(
  canvas: { width: number | null; height: number | null },
  picture: { codedWidth: number; codedHeight: number; width: number; height: number },
): BurnsIn['fit'] {
  if (!canvas.width || !canvas.height || canvas.width <= 720) return 'stretch';
  if (canvas.width === picture.codedWidth && canvas.height === picture.codedHeight) return 'stretch';
  const shapes = canvas.width / canvas.height / (picture.width / picture.height);
  return Math.abs(shapes - 1) < 0.03 ? 'stretch' : 'contain';
}
