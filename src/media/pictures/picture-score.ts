/** Judging pictures by their pixels: which frame of a film makes a poster. Pure numbers, no decoding. */

/** A small picture as bytes, three a pixel (red, green, blue), rows from the top. 160 x 90 is plenty. */
export interface Pixels {
  width: number;
  height: number;
  data: Uint8Array;
}

export interface PictureScore {
  /** The higher, the more there is to see. Only pictures of one size compare. */
  score: number;
  /** False for what nobody would choose: black, white, one colour, hardly any picture between its bars. */
  good: boolean;
  /** Means over the picture between its bars: 0 to 255. */
  brightness: number;
  contrast: number;
  /** Bits: how evenly the shades are used; 0 for one colour, 6 at most. */
  entropy: number;
  /** The mean step between neighbouring pixels, 0 to 255. */
  sharpness: number;
  /** Share of the frame that is not black bars. */
  filled: number;
}

/** A row or column no pixel of which is brighter than this belongs to a bar. */
const BAR_LUMA = 24;
const SHADES = 64;

export function scorePicture(pixels: Pixels): PictureScore {
  const luma = lumaOf(pixels);
  const box = withoutBars(luma, pixels);
  const facts = measure(luma, pixels.width, box);
  const filled = ((box.right - box.left) * (box.bottom - box.top)) / (pixels.width * pixels.height);
  const { brightness, contrast, entropy, sharpness } = facts;
  const good = filled > 0.3 && brightness > 30 && brightness < 225 && contrast > 8 && entropy > 2 && sharpness > 0.6;
  // The middle of the range is where faces are; what is far from it costs more the farther it is.
  const exposure = ((brightness - 118) / 118) ** 2;
  const score =
    entropy + 1.2 * Math.log1p(sharpness) + 0.7 * Math.log1p(contrast / 8) + 0.6 * Math.log1p(colourOf(pixels) / 8);
  return { ...facts, filled, good, score: (score - 1.5 * exposure) * Math.min(1, 0.4 + 0.6 * filled) - (good ? 0 : 6) };
}

/** How unlike two pictures of one size are: the mean difference of their pixels, 0 to 255. */
export function pictureDistance(a: Pixels, b: Pixels): number {
  let sum = 0;
  for (let at = 0; at < a.data.length; at++) sum += Math.abs(a.data[at]! - (b.data[at] ?? 0));
  return a.data.length === 0 ? 0 : sum / a.data.length;
}

/** Pictures closer to each other than this are one choice, not two. */
const ALIKE = 5;

/**
 * Picks posters: `kept` are the good ones in their given order without those that look alike (the better stays), `best`
 * is the place of the best among the kept. Where none is `good`, the least bad stands alone. Empty in, nothing out.
 */
export function choosePosters(candidates: readonly Pixels[]): { kept: number[]; best: number; good: boolean } {
  const scores = candidates.map(scorePicture);
  const ranked = scores.map((_, n) => n).sort((a, b) => scores[b]!.score - scores[a]!.score);
  const chosen: number[] = [];
  for (const n of ranked) {
    if (!scores[n]!.good && chosen.length > 0) break;
    if (chosen.some((other) => pictureDistance(candidates[other]!, candidates[n]!) < ALIKE)) continue;
    chosen.push(n);
  }
  const kept = chosen.toSorted((a, b) => a - b);
  const good = chosen[0] !== undefined && scores[chosen[0]]!.good;
  return { kept, best: Math.max(0, kept.indexOf(chosen[0]!)), good };
}

/** BT.709 weights. */
function lumaOf({ data }: Pixels): Float32Array {
  const luma = new Float32Array(Math.floor(data.length / 3));
  for (let n = 0; n < luma.length; n++) {
    luma[n] = 0.2126 * data[n * 3]! + 0.7152 * data[n * 3 + 1]! + 0.0722 * data[n * 3 + 2]!;
  }
  return luma;
}

/** Distance of the strongest from the weakest primary, on average: 0 for grey. */
function colourOf({ data }: Pixels): number {
  let sum = 0;
  for (let at = 0; at + 2 < data.length; at += 3) {
    const [red, green, blue] = [data[at]!, data[at + 1]!, data[at + 2]!];
    sum += Math.max(red, green, blue) - Math.min(red, green, blue);
  }
  return data.length < 3 ? 0 : sum / (data.length / 3);
}

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** The frame without the black rows and columns around it; the whole of it where all is black. */
function withoutBars(luma: Float32Array, { width, height }: Pixels): Box {
  const rowIsBar = (y: number) => luma.subarray(y * width, (y + 1) * width).every((value) => value < BAR_LUMA);
  let top = 0;
  while (top < height && rowIsBar(top)) top++;
  if (top === height) return { left: 0, top: 0, right: width, bottom: height };
  let bottom = height;
  while (rowIsBar(bottom - 1)) bottom--;
  const columnIsBar = (x: number) => {
    for (let y = top; y < bottom; y++) if (luma[y * width + x]! >= BAR_LUMA) return false;
    return true;
  };
  let left = 0;
  while (columnIsBar(left)) left++;
  let right = width;
  while (columnIsBar(right - 1)) right--;
  return { left, top, right, bottom };
}

function measure(luma: Float32Array, width: number, { left, top, right, bottom }: Box) {
  const histogram = new Float64Array(SHADES);
  let count = 0;
  let sum = 0;
  let squares = 0;
  let steps = 0;
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const value = luma[y * width + x]!;
      count++;
      sum += value;
      squares += value * value;
      histogram[Math.min(SHADES - 1, Math.floor((value * SHADES) / 256))]!++;
      const beside = x + 1 < right ? luma[y * width + x + 1]! : value;
      const below = y + 1 < bottom ? luma[(y + 1) * width + x]! : value;
      steps += (Math.abs(beside - value) + Math.abs(below - value)) / 2;
    }
  }
  const brightness = sum / count;
  const shares = [...histogram].filter((n) => n > 0).map((n) => n / count);
  return {
    brightness,
    contrast: Math.sqrt(Math.max(0, squares / count - brightness ** 2)),
    entropy: -shares.reduce((total, share) => total + share * Math.log2(share), 0),
    sharpness: steps / count,
  };
}
