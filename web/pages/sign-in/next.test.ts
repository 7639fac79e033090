import { expect, test } from 'vitest';
import { safeNext } from './next.ts';

test.each([
  ['/watch/abc?t=5', '/watch/abc?t=5'],
  [undefined, '/'],
  ['', '/'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['/\t/evil.example', '/'],
  ['/\n\\evil.example', '/'],
  ['https://evil.example', '/'],
  ['javascript:alert(1)', '/'],
])('%s leads to %s', (next, path) => expect(safeNext(next)).toBe(path));
