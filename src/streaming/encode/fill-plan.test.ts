import { describe, expect, it } from 'vitest';
import type { Rendition } from '../../media/types.ts';
import { createClaims } from './claims.ts';
import { type FillRun, partOf } from './fill-plan.ts';

const run = (firstSegment: number, endSegment: number, kind: Rendition['kind'] = 'video'): FillRun => ({
  renditions: [{ id: 'r', videoId: 'v', spec: { kind } as Rendition }],
  firstSegment,
  endSegment,
});

describe('a part for a worker', () => {
  it.each([
    ['all of it for the only worker', run(0, 60), 1, 1, 60],
    ['five minutes of a long one', run(0, 1500), 1, 1, 75],
    ['its share where two are free', run(0, 60), 2, 2, 30],
    ['all that is left for the one of two who is free', run(30, 60), 1, 2, 60],
    ['no crumbs', run(0, 9), 4, 4, 4],
    ['no crumbs behind it', run(0, 7), 2, 2, 7],
    ['sound in one go', run(0, 1500, 'audio'), 2, 2, 1500],
  ])('%s', (_, whole, free, width, end) => {
    expect(partOf(whole, free, width)).toEqual({ ...whole, endSegment: end });
  });
});

describe('a claim', () => {
  it('hears of who begins ahead of it, within what it intends to make', () => {
    const claims = createClaims();
    const met: number[] = [];
    claims.add({ renditionId: 'r', next: 2, end: 10, onMet: (segment) => met.push(segment) });
    for (const next of [1, 5, 9, 10]) claims.add({ renditionId: 'r', next, end: 20 });
    claims.add({ renditionId: 'other', next: 5, end: 20 });
    expect(met).toEqual([5, 9]);
  });
});
