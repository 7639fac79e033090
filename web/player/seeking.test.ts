import type { MediaPlayerElement } from 'vidstack/elements';
import { expect, test } from 'vitest';
import { perform } from './commands.ts';
import { arriveAtStart, startAt, timeOf } from './seeking.ts';

/** A player whose own time is behind its media element's, as Vidstack's is until a seek has begun. */
function stalePlayer({ at = 20, duration = 60 } = {}) {
  const media = { currentTime: at };
  const player = { currentTime: at, duration, querySelector: () => media };
  return { player: player as unknown as MediaPlayerElement, media };
}

const press = (player: MediaPlayerElement, ...seconds: number[]) => {
  for (const each of seconds) perform(player, { do: 'seekBy', seconds: each }, null);
};

test.each([
  ['l and j come back to where they began', [10, -10], 20],
  ['j and l too', [-10, 10], 20],
  ['three l go thirty seconds on', [10, 10, 10], 50],
  ['the end is the end, and counted from', [10, 10, 10, 10, 10, -5], 55],
  ['the start is the start', [-10, -10, -10, 5], 5],
])('%s, although the player has not noticed yet', (_, keys, expected) => {
  const { player, media } = stalePlayer();
  press(player, ...keys);
  expect(media.currentTime).toBe(expected);
});

test('goes by the time that was really reached since', () => {
  const { player, media } = stalePlayer();
  press(player, 10);
  media.currentTime = 33;
  press(player, 5);
  expect(media.currentTime).toBe(38);
});

test('before anything can be played, keys move the place where it starts', () => {
  const { player, media } = stalePlayer({ at: 0, duration: 0 });
  startAt(player, 42);
  press(player, 10, 10, -5);
  expect(timeOf(player)).toBe(57);
  expect(media.currentTime).toBe(0);
  arriveAtStart(player);
  expect(media.currentTime).toBe(57);
});

test('a start that was reached is left alone', () => {
  const { player, media } = stalePlayer({ at: 41.96 });
  startAt(player, 42);
  arriveAtStart(player);
  expect(media.currentTime).toBe(41.96);
});
