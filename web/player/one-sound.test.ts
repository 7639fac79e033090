import { expect, test } from 'vitest';
import { levelsToDrop } from './one-sound.ts';

const level = (...audioGroups: string[]) => ({ audioGroups });
const tracks = ['audio-opus', 'audio-opus', 'audio', 'audio', 'audio-ac3'].map((groupId) => ({ groupId }));

test.each([
  [
    'the first format that plays stays',
    [level('audio-opus'), level('audio'), level('audio-opus'), level('audio')],
    [1, 3],
  ],
  ['what the browser does not play is not there', [level('audio'), level('audio-ac3')], [1]],
  ['sizes that hls.js has merged stay', [level('audio', 'audio-opus'), level('audio')], [1]],
  ['one format', [level('audio'), level('audio')], []],
  ['no groups', [{}, {}], []],
])('%s', (_, levels, expected) => {
  expect(levelsToDrop(levels, tracks)).toEqual(expected);
});
