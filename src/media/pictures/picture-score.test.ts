import { describe, expect, test } from 'vitest';
import { choosePosters, type Pixels, pictureDistance, scorePicture } from './picture-score.ts';

const WIDTH = 160;
const HEIGHT = 90;
type Colour = readonly [number, number, number];

/** Paints a picture pixel by pixel. */
function paint(at: (x: number, y: number) => Colour): Pixels {
  const data = new Uint8Array(WIDTH * HEIGHT * 3);
  for (let y = 0; y < HEIGHT; y++) for (let x = 0; x < WIDTH; x++) data.set(at(x, y), (y * WIDTH + x) * 3);
  return { width: WIDTH, height: HEIGHT, data };
}

const flat = (value: number) => paint(() => [value, value, value]);
const noise = (x: number, y: number) => ((x * 7919 + y * 104729 + x * y * 31) >>> 3) % 100;
/** Hills under a sky, with as much detail as asked for: what a film looks like to these numbers. */
const scene = (x: number, y: number, detail = 1): Colour => {
  const hill = 45 + 20 * Math.sin(x / 17) + 8 * Math.sin(x / 5);
  const grain = detail * (noise(x, y) - 50) * 0.5;
  return y < hill ? [90 + grain, 130 + y + grain, 210 + grain / 2] : [50 + grain, 100 + x / 4 + grain, 40 + grain];
};
const clamp = (value: number) => Math.max(0, Math.min(255, value));
const lit = (colour: Colour, by: number): Colour => [
  clamp(colour[0] * by),
  clamp(colour[1] * by),
  clamp(colour[2] * by),
];
const sharp = paint((x, y) => scene(x, y));
const blurred = paint((x, y) => scene(x, y, 0.05));
const boxed = paint((x, y) => (y < 12 || y >= 78 ? [16, 16, 16] : scene(x, y)));
const slit = paint((x, y) => (y < 36 || y >= 54 ? [0, 0, 0] : scene(x, y)));
/** White letters on black: a title. */
const title = paint((x, y) => (y > 40 && y < 50 && x > 60 && x < 100 && x % 5 > 1 ? [235, 235, 235] : [0, 0, 0]));

describe('a picture', () => {
  test.each<[string, Pixels, boolean]>([
    ['black', flat(0), false],
    ['nearly black', paint((x, y) => lit(scene(x, y), 0.08)), false],
    ['white', flat(255), false],
    ['burnt out', paint((x, y) => lit(scene(x, y), 4)), false],
    ['one grey', flat(128), false],
    ['one blue', paint(() => [20, 40, 220]), false],
    ['a title on black', title, false],
    ['a slit between bars', slit, false],
    ['nothing but bars', paint((x) => (x < 80 ? [10, 10, 10] : [0, 0, 0])), false],
    ['a scene', sharp, true],
    ['a blurred scene', blurred, true],
    ['a dim scene', paint((x, y) => lit(scene(x, y), 0.4)), true],
    ['a letterboxed scene', boxed, true],
    ['a pillarboxed scene', paint((x, y) => (x < 50 || x >= 110 ? [0, 0, 0] : scene(x, y))), true],
  ])('%s', (_, pixels, good) => {
    expect(scorePicture(pixels).good).toBe(good);
  });

  test('bars count for nothing but the room they take', () => {
    const { filled, brightness } = scorePicture(boxed);
    expect(filled).toBeCloseTo(66 / 90, 2);
    expect(Math.abs(brightness - scorePicture(sharp).brightness)).toBeLessThan(12);
  });

  test.each<[string, Pixels, Pixels]>([
    ['sharp over blurred', sharp, blurred],
    ['lit over dim', sharp, paint((x, y) => lit(scene(x, y), 0.35))],
    ['full over letterboxed', sharp, boxed],
    ['coloured over grey', sharp, paint((x, y) => flatOf(scene(x, y)))],
    ['dim over black', paint((x, y) => lit(scene(x, y), 0.4)), flat(0)],
    ['blurred over a title', blurred, title],
  ])('%s', (_, better, worse) => {
    expect(scorePicture(better).score).toBeGreaterThan(scorePicture(worse).score);
  });
});

const flatOf = ([red, green, blue]: Colour): Colour => {
  const grey = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return [grey, grey, grey];
};

describe('choosing', () => {
  const other = paint((x, y) => scene(WIDTH - x, HEIGHT - y));

  test('keeps the good ones in their order and names the best', () => {
    const { kept, best } = choosePosters([flat(0), blurred, title, other, flat(255), sharp, flat(90)]);
    expect(kept).toEqual([1, 3, 5]);
    expect([3, 5]).toContain(kept[best]);
  });

  test('what looks alike is one choice', () => {
    const nearly = paint((x, y) => lit(scene(x, y), 1.01));
    expect(pictureDistance(sharp, nearly)).toBeLessThan(5);
    expect(choosePosters([sharp, nearly, sharp]).kept).toHaveLength(1);
  });

  test('of nothing good, the least bad', () => {
    expect(choosePosters([flat(0), title, flat(255)])).toEqual({ kept: [1], best: 0, good: false });
    expect(choosePosters([])).toEqual({ kept: [], best: 0, good: false });
  });
});
