import { expect, it } from 'vitest';
import { type Changes, compareFiles, type KnownFile } from './reconcile.ts';
import type { FoundFile } from './walk.ts';

const found = (path: string, sizeBytes = 100, modifiedAtMs = 1): FoundFile => ({ path, sizeBytes, modifiedAtMs });
const known = (path: string, more: Partial<KnownFile> = {}): KnownFile => ({
  ...found(path),
  sourceId: `s ${path}`,
  videoId: `v ${path}`,
  missing: false,
  ...more,
});

const paths = (changes: Changes) => ({
  added: changes.added.map(({ path }) => path),
  changed: changes.changed.map(({ found: { path } }) => path),
  moved: changes.moved.map(({ known: from, found: to }) => `${from.path} > ${to.path}`),
  missing: changes.missing.map(({ path }) => path),
  back: changes.back.map(({ path }) => path),
});
const nothing = { added: [], changed: [], moved: [], missing: [], back: [] };

it.each([
  ['nothing new', [known('a')], [found('a')], {}],
  ['a first scan', [], [found('a'), found('b')], { added: ['a', 'b'] }],
  ['a larger file', [known('a')], [found('a', 200)], { changed: ['a'] }],
  ['a newer file', [known('a')], [found('a', 100, 2)], { changed: ['a'] }],
  ['a renamed file', [known('a')], [found('b')], { moved: ['a > b'] }],
  [
    'a file that was missing and turns up elsewhere',
    [known('a', { missing: true })],
    [found('b')],
    { moved: ['a > b'] },
  ],
  ['a file that is gone', [known('a'), known('b')], [found('b')], { missing: ['a'] }],
  ['a file that has been gone before', [known('a', { missing: true }), known('b')], [found('b')], {}],
  ['a file that is back', [known('a', { missing: true })], [found('a')], { back: ['a'] }],
  ['a copy is no move', [known('a')], [found('a'), found('b')], { added: ['b'] }],
  ['two alike, one renamed', [known('a'), known('b')], [found('a'), found('c')], { moved: ['b > c'] }],
  ['gone, and another one new', [known('a')], [found('b', 999)], { added: ['b'], missing: ['a'] }],
])('%s', (_what, before, now, changes) => {
  expect(paths(compareFiles(before, now))).toEqual({ ...nothing, ...changes });
});
