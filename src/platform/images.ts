import sharp from 'sharp';

/** Pictures by sharp (libvips). Input comes from ffmpeg only, or is drawn here; formats people send are not opened. */

sharp.cache(false);
sharp.concurrency(1);

/** Re-encodes a picture as WebP, at most `maxWidth` wide. */
export async function toWebp(picture: Buffer, maxWidth: number): Promise<Buffer> {
  return sharp(picture).resize({ width: maxWidth, withoutEnlargement: true }).webp({ quality: 80 }).toBuffer();
}

/** A sheet of storyboard tiles as WebP: many and small, so quality gives way to size. */
export async function toSheet(picture: Buffer): Promise<Buffer> {
  return sharp(picture).webp({ quality: 60 }).toBuffer();
}

/** The candidate with the most to see: sharp, neither black nor white, not one colour. */
export async function chooseSharpest(candidates: Buffer[]): Promise<Buffer> {
  let best = candidates[0]!;
  let bestScore = Number.NEGATIVE_INFINITY;
  for (const candidate of candidates) {
    const { channels, sharpness, entropy } = await sharp(candidate).stats();
    const brightness = channels.slice(0, 3).reduce((sum, { mean }) => sum + mean / 3, 0);
    const exposure = brightness < 25 || brightness > 235 ? -4 : 0;
    const score = entropy + Math.log1p(sharpness) + exposure;
    if (score > bestScore) {
      best = candidate;
      bestScore = score;
    }
  }
  return best;
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
  return sharp(Buffer.from(svg)).webp({ quality: 80 }).toBuffer();
}
