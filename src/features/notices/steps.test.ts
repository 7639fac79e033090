import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/time.ts';
import { type Condition, type Course, nextStep } from './steps.ts';

const bad: Condition = { kind: 'disk', subject: '', state: 'warning', facts: {}, graceMs: 0 };

/** Goes through what is seen at which minute; returns what admins are told and when. */
function tale(seen: [minute: number, condition: Condition | null][], { clearedLately = false } = {}) {
  let course: Course | null = null;
  const told: string[] = [];
  for (const [minute, condition] of seen) {
    const step = nextStep(course, condition, minute * MINUTE_MS, clearedLately);
    if (step?.tell) told.push(`${minute} ${step.tell}`);
    course = step?.do === 'keep' ? step.next : null;
  }
  return { told, course };
}
const every = (from: number, to: number, condition: Condition | null): [number, Condition | null][] =>
  Array.from({ length: to - from }, (_, n) => [from + n, condition]);

describe('a condition', () => {
  it('is told once, however often it is seen, and again when it is well', () => {
    const { told, course } = tale([...every(0, 60, bad), ...every(60, 90, null)]);
    expect(told).toEqual(['0 raised', '70 well']);
    expect(course).toBeNull();
  });

  it('is told again once a day while it lasts', () => {
    const day = DAY_MS / MINUTE_MS;
    expect(tale(every(0, 3 * day, bad)).told).toEqual(['0 raised', `${day} still`, `${2 * day} still`]);
  });

  it('is told at once when it gets worse, and not when it gets better', () => {
    const worse: Condition = { ...bad, state: 'problem' };
    const seen = [...every(0, 5, bad), ...every(5, 9, worse), ...every(9, 20, bad)];
    expect(tale(seen).told).toEqual(['0 raised', '5 worse']);
  });

  it('that comes and goes is one', () => {
    const seen = Array.from({ length: 300 }, (_, n): [number, Condition | null] => [n, n % 8 < 4 ? bad : null]);
    expect(tale(seen).told).toEqual(['0 raised']);
  });

  it('that was well a while ago has to stay well for a day', () => {
    const hours = DAY_MS / HOUR_MS;
    const seen = [...every(0, 5, bad), ...every(5, hours * 60 + 20, null)];
    expect(tale(seen, { clearedLately: true }).told).toEqual(['0 raised', `${hours * 60 + 5} well`]);
  });

  it('that passes within its grace is nobody’s business', () => {
    const patient = { ...bad, graceMs: 5 * MINUTE_MS };
    const { told, course } = tale([...every(0, 5, patient), [5, null]]);
    expect([told, course]).toEqual([[], null]);
    expect(tale(every(0, 7, patient)).told).toEqual(['5 raised']);
  });

  it('that is not there makes nothing', () => {
    expect(nextStep(null, null, 0, false)).toBeNull();
  });
});
