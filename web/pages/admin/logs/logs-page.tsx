import './logs-page.css';
import { CircleAlert, ScrollText } from 'lucide';
import { useEffect, useId, useState } from 'preact/hooks';
import type { LogLevel } from '../../../../src/features/logs/api.ts';
import { problemText } from '../../../lib/api/client.ts';
import { listLog } from '../../../lib/api/records.ts';
import { uniqueById, usePaged } from '../../../lib/cache/paged.ts';
import { t } from '../../../lib/i18n/translate.ts';
import { usePageTitle } from '../../../lib/page-title.ts';
import { Banner } from '../../../ui/banner.tsx';
import { Empty } from '../../../ui/empty.tsx';
import { SelectField, TextField } from '../../../ui/field.tsx';
import { LoadMore } from '../../../ui/load-more.tsx';
import { Skeleton } from '../../../ui/skeleton.tsx';
import { Switch } from '../../../ui/switch.tsx';
import { type Since, sinceChoices, sinceMs } from '../since.ts';
import { LogLine } from './log-line.tsx';
import { useLogTail } from './use-log-tail.ts';

const LEVELS: LogLevel[] = ['debug', 'info', 'warn', 'error'];
/** So long after the last key the search begins. */
const TYPING_MS = 300;

export function LogsPage() {
  usePageTitle(t('logs.title'));
  const [level, setLevel] = useState<LogLevel>('debug');
  const [since, setSince] = useState<Since>('all');
  const [typed, setTyped] = useState('');
  const [q, setQ] = useState('');
  const [isLive, setLive] = useState(true);
  const liveId = useId();
  useEffect(() => {
    const timer = setTimeout(() => setQ(typed.trim()), TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed]);

  const filter = { level: level === 'debug' ? undefined : level, q: q || undefined };
  const fromMs = sinceMs(since);
  const list = usePaged(`logs:${level}:${q}:${fromMs ?? ''}`, (cursor) => listLog({ ...filter, fromMs }, cursor));
  const fresh = useLogTail(isLive, filter);
  const lines = list.items && uniqueById([...fresh, ...list.items]);
  return (
    <div class="page logs">
      <header class="page__head">
        <div>
          <h1>{t('logs.title')}</h1>
          <p class="page__lead">{t('logs.lead')}</p>
        </div>
      </header>
      <div class="logs__filters">
        <TextField
          label={t('logs.search')}
          value={typed}
          spellcheck={false}
          onInput={(event) => setTyped(event.currentTarget.value)}
          data-testid="logs-search"
        />
        <SelectField
          label={t('logs.level')}
          name="level"
          value={level}
          choices={LEVELS.map((value) => ({ value, label: t(`logs.level.${value}`) }))}
          onChoose={setLevel}
        />
        <SelectField label={t('logs.since')} value={since} choices={sinceChoices()} onChoose={setSince} />
        <label class="logs__live" for={liveId}>
          <Switch id={liveId} checked={isLive} onSwitch={setLive} data-testid="logs-live" />
          {t('logs.live')}
        </label>
      </div>
      {list.error && !lines ? (
        <Banner icon={CircleAlert} tone="bad">
          {problemText(list.error)}
        </Banner>
      ) : null}
      {!lines && !list.error && <Skeleton height="320px" />}
      {lines?.length === 0 && (
        <Empty icon={ScrollText} title={t('logs.none')} data-testid="logs-none">
          {t('logs.noneText')}
        </Empty>
      )}
      {lines && lines.length > 0 && (
        <ol class="logs__lines" aria-label={t('logs.lines')} data-testid="logs-lines">
          {lines.map((line) => (
            <LogLine key={line.id} line={line} />
          ))}
        </ol>
      )}
      <LoadMore hasMore={list.hasMore} loading={list.loadingMore} failed={Boolean(list.error)} onMore={list.loadMore} />
    </div>
  );
}
