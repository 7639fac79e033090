import { expect, test } from 'vitest';
import { encodedRungs, linesOf } from './ladder.ts';

const heights = [240, 360, 480, 720, 1080, 1440, 2160];
type Source = [width: number, height: number, frameRate: number | null, bitrateKbps: number | null];

const rungs = ([width, height, frameRate, bitrateKbps]: Source, settings = { heights, bitrateFactor: 1 }) =>
  encodedRungs({ width, height, frameRate, bitrateKbps }, settings);

test.each<[string, Source, string[]]>([
  [
    '16:9',
    [1920, 1080, 30, null],
    ['1080: 1920x1080', '720: 1280x720', '480: 854x480', '360: 640x360', '240: 426x240'],
  ],
  [
    '2.40:1 is named by its box',
    [1920, 800, 24, null],
    ['1080: 1920x800', '720: 1280x534', '480: 854x356', '360: 640x266', '240: 426x178'],
  ],
  [
    'upright',
    [1080, 1920, 30, null],
    ['1080: 1080x1920', '720: 720x1280', '480: 480x854', '360: 360x640', '240: 240x426'],
  ],
  ['4:3', [640, 480, 25, null], ['480: 640x480', '360: 480x360', '240: 320x240']],
  ['between rungs, near a usual one', [854, 480, 24, null], ['480: 854x480', '360: 640x360', '240: 426x240']],
  ['between rungs, near none', [1000, 562, 25, null], ['562: 1000x562', '360: 640x360', '240: 426x240']],
  [
    'a rung too close to the top is dropped',
    [1366, 768, 30, null],
    ['768: 1366x768', '480: 854x480', '360: 640x360', '240: 426x240'],
  ],
  [
    'screen recording',
    [3026, 1386, 7.2, null],
    [
      '1702: 3026x1386',
      '1440: 2560x1172',
      '1080: 1920x880',
      '720: 1280x586',
      '480: 854x390',
      '360: 640x294',
      '240: 426x196',
    ],
  ],
  ['tiny', [100, 60, 30, null], ['60: 100x60']],
  ['one line high', [640, 2, 30, null], ['360: 640x2', '240: 426x2']],
  [
    'larger than the ladder',
    [7680, 4320, 24, null],
    [
      '2160: 3840x2160',
      '1440: 2560x1440',
      '1080: 1920x1080',
      '720: 1280x720',
      '480: 854x480',
      '360: 640x360',
      '240: 426x240',
    ],
  ],
])('sizes: %s', (_, source, expected) => {
  expect(rungs(source).map(({ lines, width, height }) => `${lines}: ${width}x${height}`)).toEqual(expected);
});

test.each<[string, Source, [average: number, peak: number, level: number, frameRate: number | null]]>([
  ['film', [1920, 1080, 24, null], [4500, 6500, 40, 24]],
  ['sport', [1920, 1080, 59.94, null], [6300, 9100, 42, 59.94]],
  ['120 is halved', [1280, 720, 120, null], [3500, 5320, 32, 60]],
  ['240 is halved twice', [1280, 720, 239.76, null], [3500, 5320, 32, 59.94]],
  ['frame rate unknown', [1280, 720, null, null], [2500, 3800, 31, null]],
  ['never much more than the source has', [1280, 720, 25, 1000], [1100, 1672, 31, 25]],
  ['nor too little for its size', [1920, 1080, 25, 300], [1500, 2167, 40, 25]],
  ['2160p', [3840, 2160, 24, null], [16_000, 24_000, 51, 24]],
])('top rung: %s', (_, source, [bitrateKbps, peakKbps, level, frameRate]) => {
  expect(rungs(source)[0]).toMatchObject({ bitrateKbps, peakKbps, level, frameRate });
});

test('bitrates fall from rung to rung, and with the factor', () => {
  for (const source of [
    [1920, 1080, 30, null],
    [1920, 1080, 30, 900],
    [3026, 1386, 7, 800],
  ] as Source[]) {
    const kbps = rungs(source).map(({ bitrateKbps }) => bitrateKbps);
    expect(kbps).toEqual([...kbps].sort((a, b) => b - a));
    expect(new Set(kbps).size).toBe(kbps.length);
  }
  expect(rungs([1920, 1080, 30, null], { heights, bitrateFactor: 0.5 })[0]!.bitrateKbps).toBe(2250);
});

test('sides are even and never above the source', () => {
  for (let width = 16; width < 2100; width += 37) {
    for (let height = 16; height < 2100; height += 41) {
      for (const rung of rungs([width, height, 25, null])) {
        expect(rung.width % 2 === 0 && rung.height % 2 === 0 && rung.width <= width && rung.height <= height).toBe(
          true,
        );
      }
    }
  }
});

test.each([
  [1916, 1076, 1080],
  [1920, 1088, 1080],
  [720, 576, 576],
  [2048, 858, 1152],
  [406, 720, 406],
])('%i x %i is called %i lines', (width, height, lines) => {
  expect(linesOf({ width, height }).named).toBe(lines);
});

test('other codecs have the same sizes at lower rates, and levels of their own', () => {
  const source = { width: 1920, height: 1080, frameRate: 25, bitrateKbps: null };
  const ladder = (codec: 'h264' | 'hevc' | 'av1' | 'vp9') =>
    encodedRungs(source, { heights: [1080, 360], bitrateFactor: 1 }, { codec }).map(
      ({ width, bitrateKbps, peakKbps, level }) => [width, bitrateKbps, peakKbps, level],
    );
  expect(ladder('h264')).toEqual([
    [1920, 4500, 6500, 40],
    [640, 700, 1100, 30],
  ]);
  expect(ladder('hevc')).toEqual([
    [1920, 3150, 4550, 120],
    [640, 490, 770, 63],
  ]);
  expect(ladder('av1')).toEqual([
    [1920, 2700, 3900, 8],
    [640, 420, 660, 1],
  ]);
  expect(ladder('vp9')).toEqual([
    [1920, 3600, 5200, 40],
    [640, 560, 880, 21],
  ]);
});
