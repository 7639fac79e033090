import type { Sharp, default as SharpModule, SharpOptions } from 'sharp';
import { defineProblem } from '../core/problem.ts';
import type { Pixels } from '../media/pictures/picture-score.ts';

/**
 * Pictures by sharp (libvips). Input comes from ffmpeg, is drawn here, or was sent by a person: the latter is opened only
 * when its first bytes are those of JPEG, PNG, WebP or AVIF.
 */

let loading: Promise<typeof SharpModule> | null = null;

/** Opens a picture. The first one loads sharp: libvips takes 25 MB, which a server at rest has no use for. */
async function open(picture: Uint8Array, options?: SharpOptions): Promise<Sharp> {
  loading ??= import('sharp').then(({ default: sharp }) => {
    sharp.cache(false);
    sharp.concurrency(1);
    return sharp;
  });
  return (await loading)(picture, options);
}

const pictureUnusable = defineProblem('picture-unusable', 422);

/** Formats of posters, the smallest first. */
export const FORMATS = ['avif', 'webp', 'jpg'] as const;
export type PictureFormat = (typeof FORMATS)[number];
/** Posters in these widths: a card on a phone, a card on a screen of double density, the whole stage. */
const POSTER_WIDTHS = [320, 640, 1280] as const;

const MOST_PIXELS = 64e6;
const LONGEST_SIDE = 16_384;

/** Reads a picture somebody sent: upright, without the camera's notes, as large as posters get. Throws `picture-unusable`. */
export async function readSentPicture(bytes: Uint8Array): Promise<Buffer> {
  const format = sniffPicture(bytes);
  if (!format) throw pictureUnusable('This is no picture that can be used. Send a JPEG, PNG, WebP or AVIF file.');
  const input = await open(bytes, { limitInputPixels: MOST_PIXELS, failOn: 'error' });
  try {
    const { width, height } = await input.metadata();
    if (Math.min(width, height) < 64 || Math.max(width, height) > LONGEST_SIDE) {
      throw pictureUnusable(
        `The picture is ${width} × ${height}. It needs at least 64 pixels a side, and at most 16,384.`,
      );
    }
    return await fit(input.autoOrient(), 1280).flatten({ background: '#000' }).png({ compressionLevel: 1 }).toBuffer();
  } catch (cause) {
    if ((cause as { type?: unknown }).type === 'picture-unusable') throw cause;
    const tooLarge = /pixel limit/i.test(String(cause));
    const why = tooLarge ? 'has more than 64 million pixels. Make it smaller' : 'is damaged. Save it again';
    throw pictureUnusable(`This picture ${why}, then send it once more.`, { cause });
  }
}

/** What a picture is by its first bytes; null for everything that is not opened: SVG, TIFF, PDF, HEIC ... */
function sniffPicture(bytes: Uint8Array): 'jpeg' | 'png' | 'webp' | 'avif' | null {
  const text = Buffer.from(bytes.subarray(0, 32)).toString('latin1');
  if (text.startsWith('\xff\xd8\xff')) return 'jpeg';
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'png';
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP') return 'webp';
  if (text.slice(4, 8) === 'ftyp' && /^avi[fs]/.test(text.slice(8))) return 'avif';
  return null;
}

/** One poster in every width, in one format. Narrower pictures are not blown up: their wide ones are as narrow. */
export async function encodePoster(
  picture: Buffer,
  format: PictureFormat,
): Promise<{ width: number; bytes: Buffer }[]> {
  const made: { width: number; bytes: Buffer }[] = [];
  const { width: own } = await (await open(picture)).metadata();
  for (const width of POSTER_WIDTHS) {
    const narrower = made.at(-1);
    const same = narrower && narrower.width >= own;
    made.push({ width, bytes: same ? narrower.bytes : await encode(fit(await open(picture), width), format) });
  }
  return made;
}

function encode(picture: Sharp, format: PictureFormat): Promise<Buffer> {
  // Measured on a 1280 x 720 frame: effort 1 takes 0.2 s for 16.8 kB, effort 4 takes 1 s for 15.7 kB.
  if (format === 'avif') return picture.avif({ quality: 52, effort: 1 }).toBuffer();
  if (format === 'webp') return picture.webp({ quality: 80 }).toBuffer();
  return picture.jpeg({ quality: 80, progressive: true }).toBuffer();
}

/** At most so wide, and upright ones at most twice as tall. */
function fit(picture: Sharp, width: number): Sharp {
  return picture.resize({ width, height: width * 2, fit: 'inside', withoutEnlargement: true });
}

/** Re-encodes a picture as WebP, at most `maxWidth` wide. */
export async function toWebp(picture: Buffer, maxWidth: number, quality = 80): Promise<Buffer> {
  return fit(await open(picture), maxWidth)
    .webp({ quality })
    .toBuffer();
}

/** A sheet of storyboard tiles as WebP: many and small, so quality gives way to size. */
export async function toSheet(picture: Buffer): Promise<Buffer> {
  return (await open(picture)).webp({ quality: 60 }).toBuffer();
}

/** For the few clients that do not take WebP. */
export async function toJpeg(picture: Uint8Array): Promise<Buffer> {
  return (await open(picture)).jpeg({ quality: 70 }).toBuffer();
}

/** A picture small enough to be judged by its pixels (`media/pictures/picture-score.ts`), whatever its shape. */
export async function toPixels(picture: Buffer): Promise<Pixels> {
  const small = (await open(picture))
    .resize({ width: 160, height: 90, fit: 'fill' })
    .removeAlpha()
    .toColourspace('srgb')
    .raw();
  const { data, info } = await small.toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}

/** A calm poster for sound without a cover: two colours that follow from the title, and its first letter. */
export async function drawSoundPoster(title: string): Promise<Buffer> {
  let hash = 0;
  for (const letter of title) hash = (hash * 31 + letter.codePointAt(0)!) % 360;
  const bars = Array.from({ length: 48 }, (_, i) => {
    const height = 60 + 200 * Math.abs(Math.sin(i * 0.7 + hash) * Math.sin(i * 0.23 + hash / 7));
    return `<rect x="${184 + i * 19}" y="${360 - height / 2}" width="9" height="${height}" rx="4.5"/>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="1280" height="720">
    <defs><linearGradient id="g" x1="0" y1="0" x2="1" y2="1">
      <stop offset="0" stop-color="hsl(${hash}, 45%, 26%)"/><stop offset="1" stop-color="hsl(${(hash + 50) % 360}, 50%, 14%)"/>
    </linearGradient></defs>
    <rect width="1280" height="720" fill="url(#g)"/><g fill="#fff" fill-opacity="0.72">${bars.join('')}</g></svg>`;
  return (await open(Buffer.from(svg))).png({ compressionLevel: 1 }).toBuffer();
}
