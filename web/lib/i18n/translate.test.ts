import { expect, test } from 'vitest';
import { isolated, t } from './translate.ts';

test.each([
  ['Films', 'New in Films'],
  ['أفلام', 'New in \u2068أفلام\u2069'],
  ['סרטים 2', 'New in \u2068סרטים 2\u2069'],
  ['映画', 'New in 映画'],
])('%s stands in a sentence without turning it round', (name, text) => expect(t('home.newIn', { name })).toBe(text));

test('a name by itself is kept apart in the same way', () => {
  expect(isolated('ada')).toBe('ada');
  expect(isolated('عمر')).toBe('\u2068عمر\u2069');
});
