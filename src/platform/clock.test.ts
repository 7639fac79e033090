import { describe, expect, it } from 'vitest';
import { createFakeClock, systemClock } from './clock.ts';

describe('the fake clock', () => {
  it('fires timers in the order of their times, each at its own', async () => {
    const clock = createFakeClock(0);
    const fired: [string, number][] = [];
    const note = (name: string) => () => fired.push([name, clock.nowMs()]);
    clock.setTimeout(30, note('c'));
    clock.setTimeout(10, note('a'));
    clock.setTimeout(10, () => clock.setTimeout(5, note('b')));
    const cancel = clock.setTimeout(20, note('never'));
    cancel();
    await clock.advance(29);
    expect(fired).toEqual([
      ['a', 10],
      ['b', 15],
    ]);
    await clock.advance(1);
    expect(fired.at(-1)).toEqual(['c', 30]);
    expect(clock.nowMs()).toBe(30);
  });

  it('lets promises go on between timers', async () => {
    const clock = createFakeClock(0);
    const atMs: number[] = [];
    void (async () => {
      for (let i = 0; i < 3; i += 1) {
        await clock.sleep(10);
        atMs.push(clock.nowMs());
      }
    })();
    await clock.advance(25);
    expect(atMs).toEqual([10, 20]);
  });

  it('runs until a promise settles, and no further', async () => {
    const clock = createFakeClock(0);
    expect(await clock.runUntil(clock.sleep(5000).then(() => 'slept'))).toBe('slept');
    expect(clock.nowMs()).toBe(5000);
    await expect(clock.runUntil(Promise.reject(new Error('no')))).rejects.toThrow('no');
  });
});

describe.each([
  ['system', () => systemClock],
  ['fake', () => createFakeClock()],
])('sleep on the %s clock', (_name, make) => {
  it('rejects with the reason when it is aborted, before or meanwhile', async () => {
    const clock = make();
    await expect(clock.sleep(60_000, AbortSignal.abort('before'))).rejects.toBe('before');
    const controller = new AbortController();
    const sleeping = clock.sleep(60_000, controller.signal);
    controller.abort('meanwhile');
    await expect(sleeping).rejects.toBe('meanwhile');
  });
});

it('the system clock waits and can be called off', async () => {
  const fired: string[] = [];
  const cancel = systemClock.setTimeout(1, () => fired.push('cancelled'));
  cancel();
  // Longer than Node's timers reach: must not fire at once.
  const cancelLong = systemClock.setTimeout(2 ** 32, () => fired.push('long'));
  await systemClock.sleep(5);
  cancelLong();
  expect(fired).toEqual([]);
});
