import { expect, test } from 'vitest';
import { namedInAccept } from './accept.ts';

const PICTURES = ['image/avif', 'image/webp'] as const;

test.each<[string, string | undefined, string[]]>([
  ['Chromium', 'image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8', ['image/avif', 'image/webp']],
  ['Safari', 'image/webp,image/avif,image/jxl,image/heic,video/*;q=0.8,*/*;q=0.5', ['image/avif', 'image/webp']],
  ['an old Safari', 'image/png,image/svg+xml,image/*;q=0.8,video/*;q=0.8,*/*;q=0.5', []],
  ['a program', '*/*', []],
  ['nothing said', undefined, []],
  ['odd spaces and capitals', ' IMAGE/WebP ; q=0.3 , text/html', ['image/webp']],
  ['a refusal', 'image/avif;q=0, image/webp;q=0.000', []],
  ['a low wish is a wish', 'image/avif;q=0.001', ['image/avif']],
])('%s', (_, accept, types) => {
  expect(namedInAccept(accept, PICTURES)).toEqual(types);
});
