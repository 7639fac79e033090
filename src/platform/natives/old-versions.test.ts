import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DAY_MS } from '../../core/time.ts';
import { markUsed, sweepOldVersions } from './old-versions.ts';

const NOW_MS = Date.UTC(2026, 5, 1);
const [OWN, OTHER, THIRD] = ['00000000000000aa', '00000000000000bb', '00000000000000cc'];

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'kinora-old-versions-'));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

/** A folder as a version leaves it, last used so many days ago. */
function unpacked(name: string, days: number): string {
  const folder = join(base, name);
  mkdirSync(join(folder, 'bin'), { recursive: true });
  writeFileSync(join(folder, 'bin/ffmpeg'), name);
  markUsed(folder, NOW_MS - days * DAY_MS);
  return folder;
}

it('removes what has not been used for thirty days, and nothing younger', () => {
  const own = unpacked(OWN, 400);
  unpacked(OTHER, 31);
  unpacked(THIRD, 29);
  expect(sweepOldVersions(own, NOW_MS)).toEqual([OTHER]);
  expect(readdirSync(base).sort()).toEqual([OWN, THIRD]);
});

it('leaves alone what a running version has said it uses, however old its files are', () => {
  const [own, other] = [unpacked(OWN, 0), unpacked(OTHER, 400)];
  markUsed(other, NOW_MS - DAY_MS);
  expect(sweepOldVersions(own, NOW_MS)).toEqual([]);
  expect(existsSync(join(other, 'bin/ffmpeg'))).toBe(true);
});

it('touches nothing that is not a folder of a version', () => {
  const own = unpacked(OWN, 0);
  const elsewhere = mkdtempSync(join(tmpdir(), 'kinora-elsewhere-'));
  try {
    writeFileSync(join(elsewhere, 'film.mkv'), 'film');
    unpacked('films', 400);
    unpacked('00000000000000BB', 400);
    writeFileSync(join(base, OTHER), 'a file of that name');
    utimesSync(join(base, OTHER), 0, 0);
    symlinkSync(elsewhere, join(base, THIRD));
    utimesSync(elsewhere, 0, 0);
    expect(sweepOldVersions(own, NOW_MS)).toEqual([]);
    expect(readdirSync(base).sort()).toEqual([OWN, OTHER, '00000000000000BB', THIRD, 'films'].sort());
    expect(readdirSync(elsewhere)).toEqual(['film.mkv']);
  } finally {
    rmSync(elsewhere, { recursive: true, force: true });
  }
});

it('goes on with what a sweep that was killed has left', () => {
  const own = unpacked(OWN, 0);
  unpacked(`${OTHER}.0123abcd.swept`, 1);
  sweepOldVersions(own, NOW_MS);
  expect(readdirSync(base)).toEqual([OWN]);
});
