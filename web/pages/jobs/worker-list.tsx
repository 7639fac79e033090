import './worker-list.css';
import { TriangleAlert } from 'lucide';
import { useEffect } from 'preact/hooks';
import type { WorkerList as Workers, WorkerWire } from '../../../src/features/jobs/api.ts';
import { listWorkers } from '../../lib/api/jobs.ts';
import { useResource } from '../../lib/cache/resource.ts';
import { relativeText } from '../../lib/i18n/format.ts';
import { t } from '../../lib/i18n/translate.ts';
import { Badge } from '../../ui/badge.tsx';
import { Icon } from '../../ui/icon.tsx';

const REFRESH_MS = 3000;

/** The processes that encode in the server's place, and what is wrong with them. Nothing where none are wanted. */
export function WorkerList() {
  const { data, refresh } = useResource('jobs/workers', listWorkers);
  useEffect(() => {
    const timer = setInterval(() => void refresh(), REFRESH_MS);
    return () => clearInterval(timer);
  }, []);
  const list = data.value;
  if (!list?.redis) return null;
  const problem = problemOf(list);
  return (
    <section class="workers" aria-labelledby="workers-title" data-testid="workers">
      <header class="workers__head">
        <h2 id="workers-title">{t('workers.title')}</h2>
        <p>{t(`workers.redis.${list.redis.state}`, { address: list.redis.address })}</p>
      </header>
      {problem && (
        <p class="workers__problem" data-testid="workers-problem">
          <Icon node={TriangleAlert} size={18} />
          {problem}
        </p>
      )}
      {list.items.length > 0 && (
        <ul class="workers__list">
          {list.items.map((worker) => (
            <WorkerRow key={worker.id} worker={worker} />
          ))}
        </ul>
      )}
    </section>
  );
}

function problemOf({ redis, items }: Workers): string | null {
  if (redis?.problem) return redis.problem;
  if (redis?.state !== 'connected') return null;
  if (items.length === 0) return t('workers.none');
  return items.every(({ refusal }) => refusal !== null) ? t('workers.allRefuse') : null;
}

function WorkerRow({ worker }: { worker: WorkerWire }) {
  const { name, version, slots, runs, refusal, startedAtMs } = worker;
  const state = refusal !== null ? 'refuses' : runs > 0 ? 'working' : 'idle';
  return (
    <li class="worker" data-testid="worker-row" data-state={state}>
      <span class="worker__what">
        <strong>{name}</strong>
        <small>{refusal ?? t('workers.facts', { version, count: slots, since: relativeText(startedAtMs) })}</small>
      </span>
      <Badge tone={state === 'refuses' ? 'warn' : state === 'working' ? 'accent' : 'plain'}>
        {t(`workers.${state}`, { count: runs })}
      </Badge>
    </li>
  );
}
