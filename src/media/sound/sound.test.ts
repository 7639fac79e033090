import { describe, expect, test } from 'vitest';
import { soundArgv } from '../encode/argv-sound.ts';
import { readLoudness } from './loudness.ts';
import { collectPeaks, WAVEFORM_PEAKS, WAVEFORM_RATE } from './waveform.ts';

const summary = (track: number, [i, lra, peak]: string[]) => `[ebur128@t${track} @ 0x55756e486b80] Summary:

  Integrated loudness:
    I:         ${i} LUFS
    Threshold: -48.4 LUFS

  Loudness range:
    LRA:         ${lra} LU
    Threshold: -58.5 LUFS
    LRA low:   -41.9 LUFS
    LRA high:  -36.7 LUFS

  True peak:
    Peak:      ${peak} dBFS
`;

describe('loudness', () => {
  test('is read for each track, the last word counting', () => {
    const log = `Stream mapping:\n${summary(1, ['-70.0', '0.0', '-inf'])}Output #0, null\n${summary(2, ['-9.1', '3.0', '0.4'])}${summary(1, ['-23.4', '12.5', '-1.2'])}`;
    expect(readLoudness(log)).toEqual({
      1: { integratedLufs: -23.4, rangeLu: 12.5, truePeakDb: -1.2 },
      2: { integratedLufs: -9.1, rangeLu: 3, truePeakDb: 0.4 },
    });
  });

  test.each([
    ['silence', summary(0, ['-70.0', '0.0', '-inf'])],
    ['what is no number', summary(0, ['nan', '0.0', '-3.0'])],
    ['nothing', ''],
  ])('%s has none', (_, log) => {
    expect(readLoudness(log)).toEqual({});
  });
});

describe('listening', () => {
  const line = (argv: string[]) => argv.map((word) => (/[\s;]/.test(word) ? `'${word}'` : word)).join(' ');

  test('to all tracks at once', () => {
    const tracks = [
      { index: 1, channels: 6 },
      { index: 2, channels: 1 },
    ];
    expect(line(soundArgv({ path: '/a.mkv', demuxer: 'matroska', tracks, waveform: null }))).toMatchInlineSnapshot(
      `"-hide_banner -nostdin -nostats -v info -protocol_whitelist file,pipe -f matroska -i file:/a.mkv -filter_complex '[0:1]aformat=channel_layouts=stereo,ebur128@t1=peak=true:framelog=verbose[l1];[0:2]ebur128@t2=peak=true:framelog=verbose:dualmono=true[l2]' -map [l1] -map [l2] -f null -"`,
    );
  });

  test('with a waveform', () => {
    const tracks = [{ index: 0, channels: 2 }];
    expect(line(soundArgv({ path: '/a.mp3', demuxer: 'mp3', tracks, waveform: { fd: 3 } }))).toMatchInlineSnapshot(
      `"-hide_banner -nostdin -nostats -v info -protocol_whitelist file,pipe -f mp3 -i file:/a.mp3 -filter_complex '[0:0]asplit=2[s][w];[s]aformat=channel_layouts=stereo,ebur128@t0=peak=true:framelog=verbose[l0];[w]aresample=8000:async=1:first_pts=0,aformat=sample_fmts=s16:channel_layouts=mono[p]' -map [l0] -f null - -map [p] -f s16le pipe:3"`,
    );
  });
});

describe('a waveform', () => {
  const samples = (count: number, at: (n: number) => number) => {
    const bytes = Buffer.alloc(count * 2);
    for (let n = 0; n < count; n++) bytes.writeInt16LE(at(n), n * 2);
    return bytes;
  };

  test('shows where it is loud, however the bytes are cut', () => {
    const bytes = samples(WAVEFORM_RATE * 3, (n) => (n < WAVEFORM_RATE ? -32768 : n < 2 * WAVEFORM_RATE ? 16384 : 128));
    const whole = collectPeaks(3);
    whole.add(bytes);
    const cut = collectPeaks(3);
    for (let at = 0; at < bytes.length; at += 777) cut.add(bytes.subarray(at, at + 777));
    const { peaks } = whole.end();
    expect(cut.end().peaks).toEqual(peaks);
    expect(peaks).toHaveLength(WAVEFORM_PEAKS);
    const third = WAVEFORM_PEAKS / 3;
    expect(new Set(peaks.slice(0, third))).toEqual(new Set([255]));
    expect(new Set(peaks.slice(third, 2 * third))).toEqual(new Set([128]));
    expect(new Set(peaks.slice(2 * third))).toEqual(new Set([1]));
  });

  test('of a file that ends early is silent from there on, and longer ones are cut', () => {
    const early = collectPeaks(4);
    early.add(samples(WAVEFORM_RATE * 2, () => 8192));
    expect(early.end().peaks.indexOf(0)).toBe(WAVEFORM_PEAKS / 2);
    const late = collectPeaks(1);
    late.add(samples(WAVEFORM_RATE * 2, () => 8192));
    expect(late.end().peaks).toEqual(Array(WAVEFORM_PEAKS).fill(64));
  });

  test('of a blink has no holes', () => {
    const blink = collectPeaks(0.05);
    blink.add(samples(400, () => 8192));
    expect(blink.end().peaks).toEqual(Array(WAVEFORM_PEAKS).fill(64));
  });
});
