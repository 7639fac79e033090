import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { beginRestore, commitRestore, dropRestoredNote, finishRestore, readRestoredNote } from './pending.ts';

const ASIDE = 'before-restore-20260101T000000Z';
const NEW = {
  'kinora.db': 'new database',
  secret: 'new secret',
  'kinora.yaml': 'new settings',
  'videos/a/images/x/poster.webp': 'new poster',
  'videos/b/captions/c/track.vtt': 'new captions',
};
const OLD = {
  'kinora.db': 'old database',
  'kinora.db-wal': 'old log',
  secret: 'old secret',
  'videos/a/source/original': 'old original',
};
/** The old original stays; what was there of database and settings is aside; the old log is gone from beside the new database. */
const AFTER = {
  ...NEW,
  'videos/a/source/original': 'old original',
  [`backups/${ASIDE}/kinora.db`]: 'old database',
  [`backups/${ASIDE}/kinora.db-wal`]: 'old log',
  [`backups/${ASIDE}/secret`]: 'old secret',
};

let folder: string;
let data: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-pending-'));
  data = join(folder, 'data');
  write(data, OLD);
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(root: string, files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
}

function read(root: string): Record<string, string> {
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [path.slice(root.length + 1), readFileSync(path, 'utf8')];
    }),
  );
}

it('puts everything in its place and keeps what was there', () => {
  write(beginRestore(data), NEW);
  const note = { act: 'restore', name: 'kinora.tar', atMs: 2, createdAtMs: 1, originals: false } as const;
  commitRestore(data, ASIDE, note);
  expect(readRestoredNote(data)).toEqual(note);
  dropRestoredNote(data);
  expect(readRestoredNote(data)).toBeNull();
  expect(read(data)).toEqual(AFTER);
});

it('forgets what was not laid out whole', () => {
  write(beginRestore(data), { secret: 'new secret' });
  finishRestore(data);
  expect(read(data)).toEqual(OLD);
  expect(existsSync(join(data, 'restore.part'))).toBe(false);
});

it('goes on from wherever a crash was', () => {
  // Each rename that is made, in its order, as a crash may come after any of them.
  const ready = `restore.${ASIDE}.ready`;
  const moves: [from: string, to: string][] = [
    ...Object.keys(NEW)
      .filter((name) => name.startsWith('videos/'))
      .map((name): [string, string] => [`${ready}/${name}`, name]),
    ['secret', `backups/${ASIDE}/secret`],
    [`${ready}/secret`, 'secret'],
    [`${ready}/kinora.yaml`, 'kinora.yaml'],
    ['kinora.db-wal', `backups/${ASIDE}/kinora.db-wal`],
    ['kinora.db', `backups/${ASIDE}/kinora.db`],
    [`${ready}/kinora.db`, 'kinora.db'],
  ];
  write(data, Object.fromEntries(Object.entries(NEW).map(([name, text]) => [`${ready}/${name}`, text])));
  for (let made = 0; made <= moves.length; made++) {
    const crashed = join(folder, `after-${made}`);
    cpSync(data, crashed, { recursive: true });
    for (const [from, to] of moves.slice(0, made)) {
      mkdirSync(dirname(join(crashed, to)), { recursive: true });
      renameSync(join(crashed, from), join(crashed, to));
    }
    finishRestore(crashed);
    expect([made, read(crashed)]).toEqual([made, AFTER]);
    expect(existsSync(join(crashed, ready))).toBe(false);
    finishRestore(crashed);
    expect(read(crashed)).toEqual(AFTER);
  }
});
