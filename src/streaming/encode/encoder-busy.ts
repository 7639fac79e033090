import { defineProblem } from '../../core/problem.ts';
import { SECOND_MS } from '../../core/time.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Place } from './encoder-slots.ts';

/** What a viewer hears when all encoders work for others. */

const encoderBusy = defineProblem('encoder-busy', 503);

/** How long a request waits for a slot before it is told to come back. */
const BUSY_MS = 20 * SECOND_MS;

/** Waits for a segment where it is being made; not for ever where its session waits for a slot. */
export async function arrive(clock: Clock, place: Place, arrival: Promise<void>): Promise<void> {
  const sinceMs = clock.nowMs();
  let cancel = () => {};
  const busy = new Promise<never>((_, reject) => {
    const check = () => {
      const leftMs = Math.max(sinceMs, place.sinceMs) + BUSY_MS - clock.nowMs();
      if (place.state === 'waiting' && leftMs <= 0) reject(busyWith(place.ahead()));
      else cancel = clock.setTimeout(Math.max(leftMs, SECOND_MS), check);
    };
    cancel = clock.setTimeout(BUSY_MS, check);
  });
  try {
    await Promise.race([arrival, busy]);
  } finally {
    cancel();
  }
}

/** Tells a viewer how many are served before them. */
export function busyWith(ahead: number) {
  const others =
    ahead === 0
      ? 'It is your turn next'
      : ahead === 1
        ? 'One other is served before you'
        : `${ahead} others are served before you`;
  return encoderBusy(
    `The server is busy making videos playable for others. ${others}; the player tries again by itself.`,
    {
      headers: { 'Retry-After': '3' },
    },
  );
}
