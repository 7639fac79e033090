import { describe, expect, it } from 'vitest';
import { createBits, rbspOf } from './bits.ts';
import { ratio, seconds, Unsure } from './facts.ts';
import { turnOf } from './mp4-turn.ts';
import { readAacFacts, readAc3Facts, readEac3Facts } from './sound.ts';
import { readVp9Facts } from './vpx.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('ratios are shortened as ffmpeg does', () => {
  it.each([
    [50, 2, undefined, '25/1'],
    [1_920_000, 80_071, undefined, '1920000/80071'],
    // Matroska's duration of a frame, in nanoseconds.
    [1_000_000_000, 41_708_333, 30_000, '24000/1001'],
    [1_000_000_000, 33_366_667, 30_000, '30000/1001'],
    [1_000_000_000, 40_000_000, 30_000, '25/1'],
    [180 * 427, 320 * 180, 255, '335/251'],
  ])('%d/%d', (over, under, most, expected) => {
    const [a, b] = ratio(over, under, most).split('/').map(Number);
    const [x, y] = expected.split('/').map(Number);
    expect(Math.abs(a! / b! - x! / y!)).toBeLessThan(0.001);
    if (most === undefined || most === 30_000) expect(`${a}/${b}`).toBe(expected);
  });
});

it('prints seconds as ffprobe does', () => {
  expect([0, -0, -1024 / 48_000, 5.0214].map(seconds)).toEqual(['0.000000', '0.000000', '-0.021333', '5.021400']);
});

it('reads bits, and refuses to read behind the end', () => {
  const bits = createBits(hex('a6 42 98 e2 04 8a'));
  expect([bits.ue(), bits.ue(), bits.ue(), bits.ue(), bits.ue()]).toEqual([0, 1, 2, 3, 4]);
  expect(bits.left()).toBe(48 - 1 - 3 - 3 - 5 - 5);
  expect(() => bits.read(32)).toThrow(Unsure);
  expect([...rbspOf(hex('67 00 00 03 01 00 00 03 00'), 1)]).toEqual([0, 0, 1, 0, 0, 0]);
});

describe('AAC', () => {
  it.each([
    ['1190', { profile: 'LC', channels: 2, sample_rate: 48_000 }],
    ['121056e500', { profile: 'LC', channels: 2, sample_rate: 44_100 }],
    ['11b0', { profile: 'LC', channels: 6, sample_rate: 48_000 }],
    // Half a rate, and it says that there are no bands above.
    ['131056e500', { profile: 'LC', channels: 2, sample_rate: 24_000 }],
  ])('%s is read', (config, facts) => {
    expect(readAacFacts(hex(config))).toMatchObject(facts);
  });

  it.each(['131056e598', '2b11880000', 'eb09880000', '1310', '1180', '11', ''])('%s is for a decoder', (config) => {
    expect(() => readAacFacts(hex(config))).toThrow(Unsure);
  });
});

it('AC-3 and E-AC-3 by their frames', () => {
  expect(readAc3Facts(hex('0b77 0000 1e 40 e1 00 00'))).toMatchObject({ channels: 6, sample_rate: 48_000 });
  expect(() => readAc3Facts(hex('0b78 0000 1e 40 e1 00 00'))).toThrow(Unsure);
  expect(() => readEac3Facts(hex('0b77 02ff 3f 86 00 00'), 9)).toThrow(Unsure);
});

it('VP9 by its first frame, and no other', () => {
  // Profile 0, a key frame that is shown, 320 x 180.
  const frame = hex('82 49 83 42 00 13 f0 0b 30 00');
  expect(readVp9Facts(frame)).toMatchObject({ profile: 'Profile 0', width: 320, height: 180, pix_fmt: 'yuv420p' });
  expect(() => readVp9Facts(hex('86 49 83 42 00 13 f0 0b 30 00'))).toThrow(Unsure);
});

describe('matrices', () => {
  const matrix = (...[a, b, c, d]: number[]) => {
    const bytes = Buffer.alloc(36);
    for (const [at, value] of [a, b, 0, c, d].entries()) bytes.writeInt32BE(value! * 0x10000, at * 4);
    bytes.writeInt32BE(0x40000000, 32);
    return bytes;
  };
  const upright = matrix(1, 0, 0, 1);
  it.each([
    [[1, 0, 0, 1], null],
    [[0, 1, -1, 0], -90],
    [[-1, 0, 0, -1], 180],
    [[0, -1, 1, 0], 90],
  ])('%j', (numbers, turn) => {
    expect(turnOf(upright, matrix(...numbers))).toBe(turn);
  });
  it.each([
    [upright, matrix(-1, 0, 0, 1)],
    [upright, matrix(2, 0, 0, 2)],
    [matrix(0, 1, -1, 0), upright],
  ])('mirrored, scaled, or of the film', (film, track) => {
    expect(() => turnOf(film, track)).toThrow(Unsure);
  });
});
