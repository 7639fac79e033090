import { expect, test } from 'vitest';
import { asFactor, evenGainDb } from './loudness.ts';

test.each([
  ['loud music', -8, 0.4, -10],
  ['as it should be', -18, -3, 0],
  ['a quiet talk with room', -27, -12, 9],
  ['a quiet talk with a little room', -24, -4, 3],
  ['a film whose peaks leave no room', -27, -0.5, 0],
  ['very quiet', -45, -30, 9],
  ['absurdly loud', 12, 6, -24],
])('%s', (_, integratedLufs, truePeakDb, db) => {
  const gain = evenGainDb({ integratedLufs, truePeakDb, rangeLu: 5 });
  expect(gain).toBeCloseTo(db, 5);
  // Never over full scale by our doing.
  if (gain > 0) expect(truePeakDb + gain).toBeLessThanOrEqual(-1);
});

test('what was not measured is left as it is', () => {
  expect(evenGainDb(null)).toBe(0);
  expect(asFactor(0)).toBe(1);
  expect(asFactor(-6.0206)).toBeCloseTo(0.5, 4);
});
