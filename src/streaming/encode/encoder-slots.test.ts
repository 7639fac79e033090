import { beforeEach, describe, expect, it } from 'vitest';
import { createFakeClock, type FakeClock } from '../../platform/clock.ts';
import { createEncoderSlots, type EncoderSlots, type Place, type SlotAsk } from './encoder-slots.ts';

const MB = 1024 * 1024;
let clock: FakeClock;
let slots: EncoderSlots;

beforeEach(() => {
  clock = createFakeClock();
  slots = createEncoderSlots({ slots: 2, memoryBytes: 1000 * MB, clock });
});

function enter(ask: Partial<SlotAsk> = {}) {
  const needs: string[] = [];
  const giveWay = (need: 'slot' | 'memory') => void needs.push(need);
  const place = slots.enter({
    light: false,
    memoryBytes: 100 * MB,
    owner: 'anna',
    urgency: 'watching',
    giveWay,
    ...ask,
  });
  const working = place.working();
  working.catch(() => {});
  return { place, needs, working };
}
const states = (...all: { place: Place }[]) => all.map(({ place }) => place.state);

describe('slots', () => {
  it('are handed out as long as there are any, then in turn', () => {
    const [a, b, c, d] = [enter(), enter(), enter(), enter()];
    expect(states(a, b, c, d)).toEqual(['working', 'working', 'waiting', 'waiting']);
    expect([c.place.ahead(), d.place.ahead()]).toEqual([0, 1]);
    a.place.leave();
    expect(states(b, c, d)).toEqual(['working', 'working', 'waiting']);
  });

  it('go to whoever has none before they go to whoever has many', () => {
    const [a] = [enter(), enter()];
    const again = enter();
    const other = enter({ owner: 'ben' });
    a.place.leave();
    expect(states(again, other)).toEqual(['waiting', 'working']);
  });

  it('are taken from the less urgent, which pause and go on later', () => {
    const [eager, upload] = [enter({ urgency: 'eager' }), enter({ urgency: 'upload' })];
    const watching = enter();
    expect(states(eager, upload, watching)).toEqual(['parked', 'working', 'working']);
    expect(eager.needs).toEqual(['slot']);
    void eager.place.working();
    expect(eager.place.state).toBe('waiting');
    watching.place.park();
    expect(eager.place.state).toBe('working');
  });

  it('are never taken from the more urgent', () => {
    const held = [enter({ urgency: 'live' }), enter({ urgency: 'live' })];
    const watching = enter();
    expect(states(...held, watching)).toEqual(['working', 'working', 'waiting']);
    expect(held.flatMap(({ needs }) => needs)).toEqual([]);
  });

  it('are lent by those who only work ahead to those who wait, and taken from those nobody wants', () => {
    const ahead = enter({ isWaitedFor: () => false });
    const idle = enter({ isIdle: () => true });
    const [a, b] = [enter({ owner: 'ben' }), enter({ owner: 'ben' })];
    expect(states(ahead, idle, a)).toEqual(['parked', 'working', 'working']);
    expect([ahead.needs, idle.needs]).toEqual([['slot'], ['memory']]);
    idle.place.leave();
    expect(b.place.state).toBe('working');
  });

  it('change hands after a while where all wait', async () => {
    const [a, b, c] = [enter(), enter(), enter()];
    expect(a.place.shouldYield()).toBe(false);
    await clock.advance(10_000);
    expect(a.place.shouldYield()).toBe(true);
    a.place.park();
    void a.place.working();
    expect(states(a, b, c)).toEqual(['waiting', 'working', 'working']);
  });

  it('are not held up by whoever may not start yet', async () => {
    let blocked = true;
    const [a, b] = [enter(), enter()];
    const late = enter({ isBlocked: () => blocked, owner: 'ben' });
    const c = enter();
    a.place.leave();
    expect(states(late, c)).toEqual(['waiting', 'working']);
    blocked = false;
    b.place.leave();
    expect(late.place.state).toBe('working');
  });

  it('of sound and single frames are others than those of pictures', () => {
    const light = [1, 2, 3, 4, 5].map(() => enter({ light: true }));
    const picture = enter();
    expect(states(...light, picture)).toEqual(['working', 'working', 'working', 'working', 'waiting', 'working']);
  });
});

describe('memory', () => {
  it('is taken back from paused ones, from those who have most of them first', () => {
    const [a, b] = [enter({ memoryBytes: 400 * MB }), enter({ memoryBytes: 400 * MB, owner: 'ben' })];
    a.place.park();
    const c = enter({ memoryBytes: 100 * MB });
    expect(states(a, b, c)).toEqual(['parked', 'working', 'working']);
    b.place.park();
    const d = enter({ memoryBytes: 300 * MB, owner: 'ben' });
    expect([a.needs, b.needs, d.place.state]).toEqual([['memory'], [], 'waiting']);
    a.place.leave();
    expect(d.place.state).toBe('working');
  });

  it('too little for anything lets one work alone', () => {
    const huge = enter({ memoryBytes: 5000 * MB });
    const next = enter();
    expect(states(huge, next)).toEqual(['working', 'waiting']);
    huge.place.leave();
    expect(next.place.state).toBe('working');
  });
});

it('who no longer waits is not served', async () => {
  const [a] = [enter(), enter()];
  const gone = new AbortController();
  const place = slots.enter({ light: false, memoryBytes: MB, owner: null, urgency: 'watching' });
  const waiting = place.working(gone.signal);
  const next = enter();
  gone.abort(new Error('gone'));
  await expect(waiting).rejects.toThrow('gone');
  a.place.leave();
  expect([place.state, next.place.state]).toEqual(['left', 'working']);
});
