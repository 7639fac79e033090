import { expect, it } from 'vitest';
import { manyLines, oneLine } from './typed-text.ts';

it.each([
  ['  A film ', 'A film'],
  ['a\u0000b', 'ab'],
  ['a\nb\r\nc\td', 'a b c d'],
  ['\u202egpj.exe', 'gpj.exe'],
  ['\u2066x\u2069', 'x'],
  ['\ud800x', '\ufffdx'],
  ['\u0000', ''],
  ['\u200b\u200d\u3164', ''],
  ['👨\u200d👩\u200d👧', '👨\u200d👩\u200d👧'],
  ['می\u200cخواهم', 'می\u200cخواهم'],
  ['\u200fעברית', '\u200fעברית'],
])('a name of %j is %j', (typed, name) => {
  expect(oneLine(typed)).toBe(name);
});

it('a description keeps its lines', () => {
  expect(manyLines('one\r\ntwo\rthree\n\n\tfour\u0000\u202e')).toBe('one\ntwo\nthree\n\n\tfour');
});
