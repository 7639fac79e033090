import './encoder-list.css';
import { useEffect } from 'preact/hooks';
import type { EncoderWire } from '../../../src/features/jobs/api.ts';
import { listEncoders } from '../../lib/api/jobs.ts';
import { appPath } from '../../lib/base.ts';
import { useResource } from '../../lib/cache/resource.ts';
import { formatLocale, t } from '../../lib/i18n/translate.ts';
import { formatClock } from '../../lib/time.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';

const REFRESH_MS = 2000;
const TONE: Record<EncoderWire['state'], Tone> = { working: 'accent', waiting: 'warn', paused: 'plain' };

/** What encodes now, for whom, and who waits for a turn. Nothing where all is quiet. */
export function EncoderList() {
  const { data, refresh } = useResource('jobs/encoders', listEncoders);
  useEffect(() => {
    const timer = setInterval(() => void refresh(), REFRESH_MS);
    return () => clearInterval(timer);
  }, []);
  const list = data.value;
  if (!list || list.items.length === 0) return null;
  const own = list.items.filter(({ id }) => id > 0);
  const count = (state: EncoderWire['state']) => own.filter((item) => item.state === state).length;
  const byWorkers = list.items.filter(({ worker }) => worker !== null).length;
  return (
    <section class="encoders" aria-labelledby="encoders-title" data-testid="encoders">
      <header class="encoders__head">
        <h2 id="encoders-title">{t('encoders.title')}</h2>
        <p>
          {t('encoders.lead', { busy: count('working'), count: list.slots })}
          {byWorkers > 0 && ` · ${t('encoders.byWorkers', { count: byWorkers })}`}
          {count('waiting') > 0 && <em> · {t('encoders.waitingCount', { count: count('waiting') })}</em>}
        </p>
      </header>
      <ul class="encoders__list">
        {list.items.map((item) => (
          <EncoderRow key={item.id} encoder={item} />
        ))}
      </ul>
    </section>
  );
}

function EncoderRow({ encoder }: { encoder: EncoderWire }) {
  const { video, state, urgency, renditions, positionMs, viewers, speed, worker } = encoder;
  const facts = [
    renditions.join(', '),
    positionMs === null ? null : t('encoders.at', { time: formatClock(positionMs) }),
    urgency !== 'watching' ? null : viewers > 0 ? t('encoders.viewers', { count: viewers }) : t('encoders.nobody'),
    worker === null ? null : t('encoders.by', { worker }),
  ];
  const fast = speed === null ? null : speed.toLocaleString(formatLocale());
  return (
    <li class="encoder" data-testid="encoder-row" data-state={state}>
      <span class="encoder__what">
        {video ? (
          <a href={appPath(`/watch/${video.id}`)} dir="auto">
            {video.title}
          </a>
        ) : (
          <strong>{t('encoders.gone')}</strong>
        )}
        <small>{facts.filter(Boolean).join(' · ')}</small>
      </span>
      <span class="encoder__for">{t(`encoders.for.${urgency}`)}</span>
      <span class="encoder__speed" title={fast === null ? undefined : t('encoders.speedTitle', { speed: fast })}>
        {fast !== null && t('encoders.speed', { speed: fast })}
      </span>
      <Badge tone={TONE[state]}>{t(`encoders.${state}`)}</Badge>
    </li>
  );
}
