import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

it('has beside it what the licence of the ffmpeg inside asks for', () => {
  const text = readFileSync(`${process.env['KINORA_TEST_BINARY']}.ffmpeg.txt`, 'utf8');
  for (const program of ['ffmpeg', 'ffprobe']) expect(text).toMatch(new RegExp(`^${program} version \\S+`, 'm'));
  expect(text).toContain('--enable-gpl');
  expect(text).toContain('https://git.ffmpeg.org/ffmpeg.git');
  expect(text).toMatch(/GNU General Public License as published by\s+the Free Software Foundation; either version 3/);
});
