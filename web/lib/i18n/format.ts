import { formatBytes } from '../bytes.ts';
import { formatLocale, t } from './translate.ts';

export function bytesText(bytes: number): string {
  // The number and its unit stay on one line.
  return formatBytes(bytes, formatLocale()).replace(' ', '\u00a0');
}

export function percentText(percent: number): string {
  return new Intl.NumberFormat(formatLocale(), { style: 'percent' }).format(Math.min(100, Math.max(0, percent)) / 100);
}

export function dateText(ms: number): string {
  return new Intl.DateTimeFormat(formatLocale(), { dateStyle: 'medium' }).format(ms);
}

export function dateTimeText(ms: number): string {
  return new Intl.DateTimeFormat(formatLocale(), { dateStyle: 'medium', timeStyle: 'short' }).format(ms);
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_557_600_000],
  ['month', 2_629_800_000],
  ['week', 604_800_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** "3 days ago", "in 5 minutes"; under a minute "just now". */
export function relativeText(ms: number, nowMs = Date.now()): string {
  const away = ms - nowMs;
  for (const [unit, size] of STEPS) {
    if (Math.abs(away) >= size) {
      return new Intl.RelativeTimeFormat(formatLocale(), { numeric: 'auto' }).format(Math.trunc(away / size), unit);
    }
  }
  return t('time.now');
}

/** A duration as people say it: "1 hr 32 min", "45 sec". Two units at most. */
export function durationText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const parts: [number, string][] = [
    [Math.floor(seconds / 3600), 'hour'],
    [Math.floor((seconds % 3600) / 60), 'minute'],
    [seconds % 60, 'second'],
  ];
  const first = parts.findIndex(([value]) => value > 0);
  const shown =
    first < 0 ? [parts[2]!] : parts.slice(first, first + (first === 0 || (first === 1 && parts[1]![0] < 10) ? 2 : 1));
  return shown
    .filter(([value], index) => value > 0 || index === 0)
    .map(([value, unit]) =>
      new Intl.NumberFormat(formatLocale(), { style: 'unit', unit, unitDisplay: 'short' }).format(value),
    )
    .join(' ');
}

export function languageText(tag: string): string {
  try {
    return new Intl.DisplayNames(formatLocale(), { type: 'language' }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}
