import { describe, expect, it } from 'vitest';
import { burnArgs } from './burn-args.ts';
import { burnGraph, fitOf } from './burn-in.ts';

const burn = { path: '/s/pictures.sup', demuxer: 'sup', fit: 'stretch' } as const;

describe('subtitles as a second input', () => {
  it('are read from the start, on the clock of the source', () => {
    expect(burnArgs(burn, null, 3600).join(' ')).toBe(
      '-itsoffset 3599.999 -protocol_whitelist file,pipe -f sup -i file:/s/pictures.sup',
    );
    expect(burnArgs(burn, 3620, 3600)).not.toContain('-ss');
  });

  it('are entered half a minute before a session in the middle begins', () => {
    expect(burnArgs(burn, 3700, 3600).slice(0, 5)).toEqual(['-noaccurate_seek', '-seek_timestamp', '1', '-ss', '70']);
  });

  it('cover the picture, or fit into it', () => {
    expect(burnGraph(burn, { width: 1280, height: 534 })).toMatch(/^\[1:0\]scale=1280:534\[subtitles\];/);
    expect(burnGraph({ ...burn, fit: 'contain' }, { width: 1280, height: 534 })).toMatch(
      /^\[1:0\]scale=1280:534:force_original_aspect_ratio=decrease\[subtitles\];\[picture\]\[subtitles\]overlay=x=\(W-w\)\/2:y=\(H-h\)\/2/,
    );
  });
});

describe('how a canvas lies on a picture', () => {
  const picture = (codedWidth: number, codedHeight: number, width = codedWidth, height = codedHeight) => ({
    codedWidth,
    codedHeight,
    width,
    height,
  });
  it.each([
    ['the same size', { width: 1920, height: 1080 }, picture(1920, 1080), 'stretch'],
    ['the same shape', { width: 1920, height: 1080 }, picture(1280, 720), 'stretch'],
    ['a film without its bars', { width: 1920, height: 1080 }, picture(1920, 800), 'contain'],
    ['a wide DVD', { width: 720, height: 576 }, picture(720, 576, 1024, 576), 'stretch'],
    ['nobody says', { width: null, height: null }, picture(1920, 800), 'stretch'],
  ] as const)('%s', (_, canvas, film, fit) => expect(fitOf(canvas, film)).toBe(fit));
});
