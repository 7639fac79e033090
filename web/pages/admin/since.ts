import { t } from '../../lib/i18n/translate.ts';

/** How far back a list of records goes. */
export type Since = 'all' | 'hour' | 'day';

export const sinceChoices = () =>
  (['all', 'day', 'hour'] as const).map((value) => ({ value, label: t(`logs.since.${value}`) }));

/** The start of the time; on whole minutes, so that the same question is asked for a while. */
export function sinceMs(since: Since): number | undefined {
  if (since === 'all') return undefined;
  const minutes = Math.floor(Date.now() / 60_000) - (since === 'hour' ? 60 : 24 * 60);
  return minutes * 60_000;
}
