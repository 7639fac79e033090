import './settings-page.css';
import { CircleAlert, FileLock2, Search } from 'lucide';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useRoute } from 'preact-iso';
import type { SettingsWire, SettingWire } from '../../../../src/features/settings/api.ts';
import { problemText } from '../../../lib/api/client.ts';
import { changeSettings, fetchSettings } from '../../../lib/api/settings.ts';
import { useResource } from '../../../lib/cache/resource.ts';
import { t } from '../../../lib/i18n/translate.ts';
import { usePageTitle } from '../../../lib/page-title.ts';
import { startSession } from '../../../lib/session.ts';
import { useSubmit } from '../../../lib/use-submit.ts';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { Empty } from '../../../ui/empty.tsx';
import { TextField } from '../../../ui/field.tsx';
import { Skeleton } from '../../../ui/skeleton.tsx';
import { showToast } from '../../../ui/toast.tsx';
import { changesOf, type Draft, draftOf } from './drafts.ts';
import { SettingRow } from './setting-row.tsx';

export function SettingsPage() {
  usePageTitle(t('settings.title'));
  const { data, error } = useResource('settings', fetchSettings);
  // A link may lead to some of them: /admin/settings?find=backup.
  const { query } = useRoute();
  const [wanted, setWanted] = useState(query.find ?? '');
  const [drafts, setDrafts] = useState<ReadonlyMap<string, Draft>>(new Map());
  const all = data.value?.sections.flatMap(({ settings }) => settings) ?? [];
  const changes = changesOf(all, drafts);
  const names = Object.keys(changes);

  async function send(next: Record<string, unknown>): Promise<void> {
    data.value = await changeSettings(next);
    // The name and the colour of the instance are on every page.
    if (Object.keys(next).some((name) => name.startsWith('instance.'))) void startSession();
  }
  const form = useSubmit(async () => {
    const before = valuesBefore(all, names);
    await send(changes);
    setDrafts(new Map());
    const waits = all.some(({ name, needsRestart }) => needsRestart && names.includes(name));
    showToast(t(waits ? 'settings.savedRestart' : 'settings.saved'), {
      action: {
        label: t('action.undo'),
        run: () => void send(before).catch((problem) => showToast(problemText(problem), { tone: 'bad' })),
      },
    });
  });
  const wrong = Object.keys(form.errors);
  const page = useRef<HTMLFormElement>(null);
  useEffect(() => {
    // What is wrong may be far above, or under the bar.
    page.current?.querySelector('[aria-invalid]')?.scrollIntoView({ block: 'center' });
  }, [wrong.join()]);
  const sections = fitting(data.value, wanted);
  return (
    <form ref={page} class="page settings" onSubmit={form.onSubmit} data-testid="settings-form">
      <header class="page__head">
        <div>
          <h1>{t('settings.title')}</h1>
          <p class="page__lead">{t('settings.lead')}</p>
        </div>
      </header>
      {data.value?.file && (
        <Banner icon={FileLock2} data-testid="settings-file">
          {t('settings.file', { file: data.value.file })}
        </Banner>
      )}
      {error.value && !data.value && (
        <Banner icon={CircleAlert} tone="bad">
          {problemText(error.value)}
        </Banner>
      )}
      <div class="settings__find">
        <TextField
          label={t('settings.search')}
          value={wanted}
          onInput={(event) => setWanted(event.currentTarget.value)}
          data-testid="settings-search"
        />
      </div>
      {!data.value && !error.value && [1, 2, 3].map((card) => <Skeleton key={card} height="220px" />)}
      {data.value && sections.length === 0 && (
        <Empty icon={Search} title={t('settings.none')}>
          {t('settings.noneText')}
        </Empty>
      )}
      {sections.map(({ name, description, settings }) => (
        <section key={name} class="settings__section" aria-labelledby={`settings-${name}`}>
          <header>
            <h2 id={`settings-${name}`}>{name}</h2>
            <p>{description}</p>
          </header>
          {settings.map((setting) => (
            <SettingRow
              key={setting.name}
              setting={setting}
              draft={drafts.get(setting.name) ?? draftOf(setting, setting.value)}
              error={form.errors[setting.name]}
              isChanged={names.includes(setting.name)}
              onDraft={(draft) => setDrafts(new Map(drafts).set(setting.name, draft))}
            />
          ))}
        </section>
      ))}
      {names.length > 0 && (
        <div class="settings__bar" role="status">
          <span>
            {form.problem ??
              t(wrong.length > 0 ? 'settings.wrong' : 'settings.changed', { count: wrong.length || names.length })}
          </span>
          <Button variant="quiet" onClick={() => setDrafts(new Map())} data-testid="settings-discard">
            {t('settings.discard')}
          </Button>
          <Button variant="primary" type="submit" busy={form.busy} data-testid="settings-save">
            {t('action.save')}
          </Button>
        </div>
      )}
    </form>
  );
}

/** What takes changes back: the values chosen before, or the defaults. */
function valuesBefore(all: SettingWire[], names: string[]): Record<string, unknown> {
  return Object.fromEntries(
    all
      .filter(({ name }) => names.includes(name))
      .map(({ name, source, value }) => [name, source === 'browser' ? value : null]),
  );
}

function fitting(data: SettingsWire | undefined, wanted: string): SettingsWire['sections'] {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = ({ name, description }: SettingWire) =>
    words.every((word) => `${name} ${description}`.toLowerCase().includes(word));
  return (data?.sections ?? [])
    .map((section) => ({ ...section, settings: section.settings.filter(fits) }))
    .filter(({ settings }) => settings.length > 0);
}
