import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { dropMadeNote, leaveMadeNote, type MadeNote, readMadeNotes } from './made.ts';

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'kinora-made-'));
});
afterEach(() => rmSync(data, { recursive: true }));

const note = (atMs: number): MadeNote => ({
  path: '/mnt/kinora.tar',
  atMs,
  sizeBytes: 7,
  originals: false,
  operator: 'ada',
});

it('word of a backup is left, read in order, and dropped one by one', () => {
  leaveMadeNote(data, note(1_700_000_000_002));
  leaveMadeNote(data, note(1_700_000_000_001));
  const found = readMadeNotes(data);
  expect(found.map((one) => one.note)).toEqual([note(1_700_000_000_001), note(1_700_000_000_002)]);
  expect(statSync(join(data, found[0]!.name)).mode & 0o444).toBe(0o444);
  dropMadeNote(data, found[0]!.name);
  expect(readMadeNotes(data).map((one) => one.note)).toEqual([note(1_700_000_000_002)]);
});

it('what is half written is not there yet, and what makes no sense is nothing', () => {
  writeFileSync(join(data, 'backup-made.1-1.json.part'), '{');
  expect(readMadeNotes(data)).toEqual([]);
  writeFileSync(join(data, 'backup-made.1-1.json'), '{');
  expect(readMadeNotes(data)).toEqual([{ name: 'backup-made.1-1.json', note: null }]);
});

it('a folder that takes no word of it is no reason for a backup to fail', () => {
  leaveMadeNote(join(data, 'gone'), note(1));
  expect(readdirSync(data)).toEqual([]);
});
