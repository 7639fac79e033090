import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../core/time.ts';
import { type DiskSample, forecastDisk } from './forecast.ts';

const GB = 1e9;
const days = (free: number[], totalBytes = 1000 * GB): DiskSample[] =>
  free.map((gb, day) => ({ atMs: day * DAY_MS, freeBytes: gb * GB, totalBytes }));

describe('when the disk is full', () => {
  it('is where the line of the last days leads', () => {
    const samples = days([400, 390, 380, 370, 360]);
    const nowMs = 4 * DAY_MS;
    expect(forecastDisk(samples, nowMs)).toEqual({ bytesPerDay: 10 * GB, overDays: 4, fullAtMs: nowMs + 36 * DAY_MS });
  });

  it('goes by the pace of all days, not by one of them', () => {
    const { bytesPerDay } = forecastDisk(days([400, 400, 400, 300, 400, 400, 400]), 0)!;
    expect(bytesPerDay).toBe(0);
  });

  it('counts days that were missed', () => {
    const samples = days([400, 390, 380, 300]);
    samples[3]!.atMs = 10 * DAY_MS;
    expect(forecastDisk(samples, 0)!.bytesPerDay).toBe(10 * GB);
  });

  it.each([
    ['nothing is known', []],
    ['there is one day', days([400])],
    ['there are two', days([400, 300])],
    ['the disk has just become another', [...days([400, 390, 380]), ...days([900, 890], 2000 * GB)]],
  ])('is not told while %s', (_, samples) => {
    expect(forecastDisk(samples, 0)).toBeNull();
  });

  it.each([
    ['becomes emptier', [300, 350, 400], -50 * GB],
    ['stays as it is', [300, 300, 300], 0],
    ['would take more than ten years', [300, 299.95, 299.9], 0.05 * GB],
  ])('is never where it %s', (_, free, bytesPerDay) => {
    expect(forecastDisk(days(free), 0)).toMatchObject({ bytesPerDay: Math.round(bytesPerDay), fullAtMs: null });
  });
});
