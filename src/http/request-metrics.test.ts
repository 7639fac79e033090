import { expect, it } from 'vitest';
import { routeName } from './request-metrics.ts';

it.each([
  ['/api/videos/:id', '', '/api/videos/:id'],
  ['/media/:video/:token{~[^/]+}/:rendition/:segment{[^/]+\\.m4s}', '', '/media/:video/:token/:rendition/:segment'],
  ['/media/:video/:name{k?\\d{0,6}}/x', '', '/media/:video/:name/x'],
  ['/films/api/videos/:id', '/films', '/api/videos/:id'],
  ['/filmstar', '/films', '/filmstar'],
  ['/*', '', '/*'],
])('names %s (below "%s") %s', (pattern, base, name) => {
  expect(routeName(pattern, base)).toBe(name);
});
