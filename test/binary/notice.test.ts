import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

it('has beside it what the licence of the ffmpeg inside asks for', () => {
  const text = readFileSync(`${process.env['KINORA_TEST_BINARY']}.ffmpeg.txt`, 'utf8');
  for (const program of ['ffmpeg', 'ffprobe']) expect(text).toMatch(new RegExp(`^${program} version \\S+`, 'm'));
  expect(text).toContain('--enable-gpl');
  expect(text).toContain('https://git.ffmpeg.org/ffmpeg.git');
  expect(text).toMatch(/GNU General Public License as published by\s+the Free Software Foundation; either version 3/);
  // Not only where it is: the licence itself.
  expect(text).toContain('END OF TERMS AND CONDITIONS');
});

it('has beside it what the licences of all else inside ask for', () => {
  const text = readFileSync(`${process.env['KINORA_TEST_BINARY']}.licences.txt`, 'utf8');
  // Node, a library under the LGPL, packages of the server, of its threads and of the web interface, a font.
  for (const name of [
    'Node.js is licensed',
    'libvips ',
    '\nhono ',
    '\nbetter-sqlite3 ',
    '\nmediabunny ',
    'swagger-ui-dist',
  ]) {
    expect(text).toContain(name);
  }
  for (const name of ['preact - ', 'vidstack - ', 'hls.js - ', 'jassub - ', 'SIL OPEN FONT LICENSE'])
    expect(text).toContain(name);
  expect(text).toContain('GNU LESSER GENERAL PUBLIC LICENSE');
  expect(text).toContain('GNU GENERAL PUBLIC LICENSE');
});
