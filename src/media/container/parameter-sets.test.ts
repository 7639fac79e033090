import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ffmpeg, ffprobe, makeMedia } from '../../../test/support/media.ts';
import { listBoxes } from './boxes.ts';
import { readFragment, readTrackDefaults, type Sample, writeFragment } from './fragment.ts';
import { normaliseInit } from './init-segment.ts';
import { moveNal, setName } from './parameter-set-ids.ts';
import { type Fit, fitInit, holdsSpare, isByDevice, markDevice, moveSample, readRecord } from './parameter-sets.ts';

/** Encodes the same two seconds with another encoder's settings, and reads what it wrote. */
async function encoded(...settings: string[]) {
  const movflags = 'empty_moov+default_base_moof+frag_keyframe+skip_trailer';
  const path = await makeMedia(
    'mp4',
    ...['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25:duration=2', '-pix_fmt', 'yuv420p', ...settings],
    ...['-g', '25', '-video_track_timescale', '90000', '-use_editlist', '0', '-movflags', movflags],
  );
  const bytes = await readFile(path);
  const boxes = listBoxes(bytes);
  const moov = boxes.findIndex(({ type }) => type === 'moov');
  const init = normaliseInit(bytes.subarray(0, boxes[moov]!.end));
  const samples: Sample[] = [];
  boxes.forEach(({ type, start, end }, n) => {
    if (type !== 'moof') return;
    const mdat = boxes[n + 1]!;
    const body = bytes.subarray(mdat.bodyStart, mdat.end);
    samples.push(...readFragment(bytes.subarray(start, end), body, end - start + 8, readTrackDefaults(bytes)));
  });
  return { init, samples };
}

const moved = (samples: Sample[], move: Fit['move']): Sample[] =>
  move ? samples.map((sample) => ({ ...sample, data: moveSample(sample.data, sample.key, move) })) : samples;

/** MD5 of every decoded frame; fails on any complaint of the decoder. */
async function frameHashes(init: Buffer, samples: Sample[]): Promise<string[]> {
  const path = join(tmpdir(), `kinora-sets-${process.pid}-${Math.random()}.mp4`);
  const seconds = [0, 1].map((n) => samples.slice(n * 25, (n + 1) * 25));
  await writeFile(path, Buffer.concat([init, ...seconds.map((part, n) => writeFragment(part, n + 1))]));
  try {
    const complaints = await ffprobe('-show_entries', 'stream=codec_name', '-of', 'csv', path);
    expect(complaints).toMatch(/stream,/);
    const out = await ffmpeg('-v', 'error', '-xerror', '-i', path, '-f', 'framemd5', '-');
    return [...out.matchAll(/^0,.*, (\w{32})$/gm)].map((match) => match[1]!);
  } finally {
    await rm(path, { force: true });
  }
}

const X264 = ['-c:v', 'libx264', '-preset', 'veryfast'];
const PAIRS = {
  // CAVLC in four slices with one reference against CABAC with three: PPS, SPS and slice headers all differ.
  h264: [
    [...X264, '-profile:v', 'high', '-x264-params', 'cabac=0:ref=1:bframes=0:slices=4:8x8dct=0'],
    [...X264, '-profile:v', 'high', '-x264-params', 'ref=3:bframes=0'],
  ],
  hevc: [
    ['-c:v', 'libx265', '-preset', 'ultrafast', '-tag:v', 'hvc1', '-x265-params', 'log-level=none:bframes=0:ref=1'],
    [
      '-c:v',
      'libx265',
      '-preset',
      'ultrafast',
      '-tag:v',
      'hvc1',
      '-x265-params',
      'log-level=none:ref=3:bframes=0:sao=1:wpp=0',
    ],
  ],
} as const;

describe.each(Object.entries(PAIRS))('%s of two encoders in one rendition', (codec, [one, other]) => {
  it('decodes by one init segment to the same pictures as each by its own', async () => {
    const [a, b] = [await encoded(...one), await encoded(...other)];
    const alone = { a: await frameHashes(a.init, a.samples), b: await frameHashes(b.init, b.samples) };
    expect(alone.a).toHaveLength(50);
    expect(alone.a).not.toEqual(alone.b);

    const fit = fitInit(a.init, b.init);
    expect(fit.move?.slot).toBe(15);
    const own = moved(b.samples, fit.move);
    expect(await frameHashes(fit.init, own)).toEqual(alone.b);
    expect(await frameHashes(fit.init, a.samples)).toEqual(alone.a);
    // One second of each: what a player sees when a device fails in the middle.
    expect(await frameHashes(fit.init, [...own.slice(0, 25), ...a.samples.slice(25)])).toEqual([
      ...alone.b.slice(0, 25),
      ...alone.a.slice(25),
    ]);
    expect(await frameHashes(fit.init, [...a.samples.slice(0, 25), ...own.slice(25)])).toEqual([
      ...alone.a.slice(0, 25),
      ...alone.b.slice(25),
    ]);
    // A player that had loaded the init segment before: the key frames bring the sets along.
    const back = await frameHashes(a.init, [...own.slice(0, 25), ...a.samples.slice(25)]);
    expect(back).toEqual([...alone.b.slice(0, 25), ...alone.a.slice(25)]);
  });

  it('gives the same encoder the same slot again, and changes nothing', async () => {
    const [a, b] = [await encoded(...one), await encoded(...other)];
    const first = fitInit(a.init, b.init);
    const again = fitInit(first.init, b.init);
    expect(again.init.equals(first.init)).toBe(true);
    expect(again.move).toEqual(first.move);
    expect(fitInit(first.init, a.init)).toEqual({ init: first.init, move: null });
    expect(fitInit(null, a.init)).toEqual({ init: a.init, move: null });
    expect(readRecord(first.init)!.sets).toHaveLength(codec === 'h264' ? 4 : 6);
  });
});

it('gives out every slot of H.264 once; after that the key frames alone bring their sets', async () => {
  const { init: one, samples } = await encoded(...PAIRS.h264[0]);
  // Encoders that differ in the level they write: the fourth byte of an SPS.
  const levelAt = one.indexOf(readRecord(one)!.sets[0]!) + 3;
  const encoder = (level: number) => {
    const init = Buffer.from(one);
    init[levelAt] = level;
    return init;
  };
  let init: Buffer | null = null;
  const slots: number[] = [];
  for (let n = 0; n < 17; n++) {
    const fit: Fit = fitInit(init, encoder(30 + n));
    init = fit.init;
    slots.push(fit.move?.slot ?? 0);
  }
  expect(slots).toEqual([0, ...Array.from({ length: 16 }, (_, n) => 15 + n)]);
  const late = fitInit(init, encoder(60));
  expect(late.init.equals(init!)).toBe(true);
  expect(late.move?.slot).toBe(30);
  expect(moveSample(samples[0]!.data, true, late.move!).includes(late.move!.sets[0]!)).toBe(true);
});

it('knows an init segment that a device began, and whether software has a place in it', async () => {
  const [device, software] = [await encoded(...PAIRS.h264[0]), await encoded(...PAIRS.h264[1])];
  const init = markDevice(device.init);
  expect([isByDevice(init), isByDevice(device.init), holdsSpare(init)]).toEqual([true, false, false]);
  const both = fitInit(init, software.init).init;
  expect([isByDevice(both), holdsSpare(both)]).toEqual([true, true]);
  expect(await frameHashes(both, device.samples)).toHaveLength(50);
  expect(holdsSpare(Buffer.from('sound'))).toBe(true);
});

it('leaves sound and AV1 alone: what decoders need is in their samples', async () => {
  const stored = Buffer.from('no init segment of H.264 or HEVC');
  expect(fitInit(stored, Buffer.from('another'))).toEqual({ init: stored, move: null });
});

describe('moving ids', () => {
  const X265_SPS = '420101016000000300900000030000030078a00280802d165959a4932b9a02000003000200000300641';

  it.each([
    ['h264', '6742c01ed9005005bb016c80', '7 15'],
    ['h264', '68cb83cb20', '8 15'],
    ['hevc', `${X265_SPS}0`, '33 15'],
    ['hevc', '40010c01ffff016000000300900000030000030078959809', '32 15'],
    ['hevc', '4401c172b46240', '34 15'],
  ] as const)('of %s %s', (codec, hex, name) => {
    const unit = Buffer.from(hex, 'hex');
    expect(setName(codec, moveNal(codec, unit, 15))).toBe(name);
    expect(setName(codec, unit)).toBe(`${name.split(' ')[0]} 0`);
  });

  it('refuses a set that is not number 0', () => {
    const moved = moveNal('h264', Buffer.from('68cb83cb20', 'hex'), 15);
    expect(() => moveNal('h264', moved, 16)).toThrow(/other than 0/);
  });

  it('keeps emulation prevention right when zeros meet', () => {
    // A slice whose header is followed by zeros: moving the id must not leave three bytes that look like a start code.
    const unit = Buffer.from('658884000003000003000003012345', 'hex');
    const out = moveNal('h264', unit, 15);
    expect(out.toString('hex')).not.toMatch(/^(..)*0000(00|01|02)/);
  });
});
