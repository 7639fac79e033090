import { expect, test } from 'vitest';
import { formatBytes } from './bytes.ts';

test.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1536, '1.5 kB'],
  [999_600, '1 MB'],
  [734_003_200, '734 MB'],
  [4_200_000_000, '4.2 GB'],
])('%d bytes read %s', (bytes, text) => expect(formatBytes(bytes, 'en')).toBe(text));
