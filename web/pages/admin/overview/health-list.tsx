import './health-list.css';
import { CircleCheck, type IconNode, Info, OctagonAlert, TriangleAlert } from 'lucide';
import type { HealthWire } from '../../../../src/features/overview/api.ts';
import { appPath } from '../../../lib/base.ts';
import { bytesText, relativeText } from '../../../lib/i18n/format.ts';
import { type Params, t } from '../../../lib/i18n/translate.ts';
import { Icon } from '../../../ui/icon.tsx';

const ICON: Record<HealthWire['state'], IconNode> = {
  ok: CircleCheck,
  note: Info,
  warning: TriangleAlert,
  problem: OctagonAlert,
};

/** Where one goes to put it right. */
const LEADS_TO: Partial<Record<HealthWire['check'], string>> = {
  libraries: '/admin/libraries',
  jobs: '/admin/jobs?state=failed',
  backups: '/admin/backups',
  workers: '/admin/jobs',
};

/** What is well and what is not: a sentence each, and the way to where it is put right. */
export function HealthList({ health }: { health: HealthWire[] }) {
  return (
    <section aria-labelledby="health-title">
      <h2 id="health-title">{t('overview.health')}</h2>
      <ul class="overview__card health">
        {health.map((one) => (
          <li key={one.check} data-state={one.state} data-check={one.check} data-testid="health-check">
            <Icon node={ICON[one.state]} size={19} />
            <div>
              <strong>{t(`health.${one.check}`)}</strong>
              <p>{sentence(one)}</p>
            </div>
            {one.state !== 'ok' && LEADS_TO[one.check] && (
              <a class="health__link" href={appPath(LEADS_TO[one.check]!)} aria-label={t(`health.${one.check}.look`)}>
                {t('health.look')}
              </a>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function sentence({ check, state, verdict, facts }: HealthWire): string {
  const params: Params = Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [name, readable(name, value)]),
  );
  if (check === 'backups') return t(`health.backups.${verdict ?? 'none'}`, params);
  return t(state === 'ok' ? `health.${check}.ok` : `health.${check}.bad`, params);
}

function readable(name: string, value: string | number): string | number {
  if (typeof value !== 'number') return value;
  if (name.endsWith('Bytes')) return bytesText(value);
  return name.endsWith('AtMs') ? relativeText(value) : value;
}
