import { expect, test } from 'vitest';
import { homeRows } from './rows.ts';

const films = { id: 'f', name: 'Films', videoCount: 20 };
const shows = { id: 's', name: 'Shows', videoCount: 10 };
const bare = { id: 'b', name: 'Bare', videoCount: 0 };
const videos = (count: number, library: typeof films | null) => Array.from({ length: count }, () => ({ library }));

test.each([
  ['one video', videos(1, films), false, [films, shows], false, []],
  ['five videos', [...videos(2, films), ...videos(3, null)], false, [films], false, []],
  ['thirty videos of one library', videos(30, films), false, [films, bare], false, []],
  ['thirty uploads', videos(30, null), false, [], false, []],
  ['thirty videos of two libraries', [...videos(20, films), ...videos(10, shows)], false, [films, shows], true, 'fs'],
  ['a library and uploads', [...videos(20, films), ...videos(10, null)], false, [films, bare], true, 'f'],
  ['a first page of many', videos(10, films), true, [films, shows], true, 'fs'],
  ['a visitor, who is not told of libraries', videos(30, films), true, undefined, false, []],
  ['still loading', undefined, false, [films, shows], false, []],
] as const)('%s', (_, items, hasMore, libraries, recent, rows) => {
  const found = homeRows({ items: items && [...items], hasMore }, libraries && [...libraries]);
  expect(found.recent).toBe(recent);
  expect(found.libraries.map((library) => library.id)).toEqual([...rows]);
});
