import './audit-page.css';
import { CircleAlert, ListTree } from 'lucide';
import { useState } from 'preact/hooks';
import type { ActName, ActWire } from '../../../../src/features/audit/api.ts';
import { problemText } from '../../../lib/api/client.ts';
import { listActs } from '../../../lib/api/records.ts';
import { usePaged } from '../../../lib/cache/paged.ts';
import { dateTimeText, relativeText } from '../../../lib/i18n/format.ts';
import { t } from '../../../lib/i18n/translate.ts';
import { usePageTitle } from '../../../lib/page-title.ts';
import { Banner } from '../../../ui/banner.tsx';
import { Empty } from '../../../ui/empty.tsx';
import { SelectField, TextField } from '../../../ui/field.tsx';
import { LoadMore } from '../../../ui/load-more.tsx';
import { Skeleton } from '../../../ui/skeleton.tsx';
import { type Since, sinceChoices, sinceMs } from '../since.ts';

const ACTS: ActName[] = [
  ...(['settings.changed', 'admin.signInFailed', 'instance.setUp'] as const),
  ...(['user.added', 'user.changed', 'user.removed', 'user.restored', 'user.signedOut'] as const),
  ...(['user.resetLinkMade', 'user.passwordReset', 'registration.approved', 'registration.declined'] as const),
  ...(['invite.made', 'invite.used', 'invite.revoked'] as const),
  ...(['library.added', 'library.changed', 'library.removed', 'library.scanned'] as const),
  ...(['channel.changed', 'video.removed', 'video.restored'] as const),
  ...(['job.cancelled', 'job.retried', 'task.started', 'task.rescheduled'] as const),
  ...(['backup.made', 'backup.downloaded', 'backup.removed', 'backup.restored'] as const),
];

export function AuditPage() {
  usePageTitle(t('audit.title'));
  const [act, setAct] = useState<ActName | 'all'>('all');
  const [actor, setActor] = useState('');
  const [since, setSince] = useState<Since>('all');
  const who = actor.trim() || undefined;
  const what = act === 'all' ? undefined : act;
  const fromMs = sinceMs(since);
  const list = usePaged(`audit:${act}:${who ?? ''}:${fromMs ?? ''}`, (cursor) =>
    listActs({ act: what, actor: who, fromMs }, cursor),
  );
  return (
    <div class="page audit">
      <header class="page__head">
        <div>
          <h1>{t('audit.title')}</h1>
          <p class="page__lead">{t('audit.lead')}</p>
        </div>
      </header>
      <div class="audit__filters">
        <SelectField
          label={t('audit.act')}
          name="act"
          value={act}
          choices={[
            { value: 'all', label: t('audit.all') },
            ...ACTS.map((value) => ({ value, label: t(`act.${value}`) })),
          ]}
          onChoose={setAct}
        />
        <TextField
          label={t('audit.actor')}
          value={actor}
          autoCapitalize="none"
          spellcheck={false}
          onInput={(event) => setActor(event.currentTarget.value)}
          data-testid="audit-actor"
        />
        <SelectField label={t('audit.since')} value={since} choices={sinceChoices()} onChoose={setSince} />
      </div>
      {list.error && !list.items ? (
        <Banner icon={CircleAlert} tone="bad">
          {problemText(list.error)}
        </Banner>
      ) : null}
      {!list.items && !list.error && <Skeleton height="320px" />}
      {list.items?.length === 0 && (
        <Empty icon={ListTree} title={t('audit.none')}>
          {t('audit.noneText')}
        </Empty>
      )}
      {list.items && list.items.length > 0 && (
        <ol class="audit__acts">
          {list.items.map((item) => (
            <Act key={item.id} act={item} />
          ))}
        </ol>
      )}
      <LoadMore hasMore={list.hasMore} loading={list.loadingMore} failed={Boolean(list.error)} onMore={list.loadMore} />
    </div>
  );
}

function Act({ act: { act, actor, target, changes, atMs, address } }: { act: ActWire }) {
  const changed = Object.entries(changes);
  return (
    <li class="act" data-testid="act" data-act={act}>
      <p class="act__what">
        <strong>{t(`act.${act}`)}</strong>
        {/* The names of settings stand below, each with its values. */}
        {changed.length > 0 && act === 'settings.changed' ? null : <span dir="auto">{target.name}</span>}
      </p>
      {changed.length > 0 && (
        <ul class="act__changes">
          {changed.map(([name, { before, after }]) => (
            <li key={name}>
              <code>{name}</code>
              {after !== undefined && <b>{valueText(after)}</b>}
              {before !== undefined && <span>{t('audit.was', { value: valueText(before) })}</span>}
            </li>
          ))}
        </ul>
      )}
      <p class="act__who">
        <span>{actor.name || t('audit.nobody')}</span>
        <time dateTime={new Date(atMs).toISOString()} title={dateTimeText(atMs)}>
          {relativeText(atMs)}
        </time>
        {address && <span>{address}</span>}
      </p>
    </li>
  );
}

function valueText(value: unknown): string {
  if (value === '' || value === null) return t('settings.empty');
  return typeof value === 'string' ? value : Array.isArray(value) ? value.join(', ') : JSON.stringify(value);
}
