import { expect, test } from 'vitest';
import { actionFor, stepSpeed } from './keys.ts';

const press = (key: string, held: Partial<KeyboardEvent> = {}) =>
  actionFor({ key, ctrlKey: false, metaKey: false, altKey: false, ...held });

test.each([
  [' ', { do: 'playPause' }],
  ['K', { do: 'playPause' }],
  ['j', { do: 'seekBy', seconds: -10 }],
  ['ArrowRight', { do: 'seekBy', seconds: 5 }],
  ['7', { do: 'seekToShare', share: 0.7 }],
  ['>', { do: 'speedBy', steps: 1 }],
  ['.', { do: 'frameBy', frames: 1 }],
  ['?', { do: 'help' }],
  ['q', null],
  ['Tab', null],
])('%s', (key, action) => expect(press(key)).toEqual(action));

test('leaves the browser its own shortcuts', () => {
  expect(press('f', { ctrlKey: true })).toBeNull();
  expect(press('l', { metaKey: true })).toBeNull();
});

test('speed stays inside the list', () => {
  expect(stepSpeed(1, 1)).toBe(1.25);
  expect(stepSpeed(1.1, -1)).toBe(1);
  expect(stepSpeed(2, 1)).toBe(2);
  expect(stepSpeed(0.25, -1)).toBe(0.25);
});
