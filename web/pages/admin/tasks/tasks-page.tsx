import '../../../ui/field.css';
import './tasks-page.css';
import { CircleAlert, Play } from 'lucide';
import type { TaskWire } from '../../../../src/features/tasks/api.ts';
import { problemText } from '../../../lib/api/client.ts';
import { editTask, listTasks, runTask } from '../../../lib/api/records.ts';
import { appPath } from '../../../lib/base.ts';
import { useResource } from '../../../lib/cache/resource.ts';
import { dateTimeText, durationText, relativeText } from '../../../lib/i18n/format.ts';
import { t } from '../../../lib/i18n/translate.ts';
import { usePageTitle } from '../../../lib/page-title.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Banner } from '../../../ui/banner.tsx';
import { IconButton } from '../../../ui/button.tsx';
import { Skeleton } from '../../../ui/skeleton.tsx';
import { showToast } from '../../../ui/toast.tsx';
import { TaskTiming } from './task-timing.tsx';

const MINUTE_MS = 60_000;

export function TasksPage() {
  usePageTitle(t('tasks.title'));
  const { data, error, refresh } = useResource('tasks', listTasks);
  const night = data.value?.items.find(({ usual }) => usual.dailyAt !== null)?.usual.dailyAt;
  return (
    <div class="page tasks">
      <header class="page__head">
        <div>
          <h1>{t('tasks.title')}</h1>
          <p class="page__lead">{t('tasks.lead')}</p>
          {night && (
            <p class="tasks__night">
              {t('tasks.night', { time: night, zone: data.value?.timeZone ?? '' })}{' '}
              <a class="text-link" href={`${appPath('/admin/settings')}?find=schedule.`}>
                {t('tasks.nightLink')}
              </a>
            </p>
          )}
        </div>
      </header>
      {error.value && !data.value ? (
        <Banner icon={CircleAlert} tone="bad">
          {problemText(error.value)}
        </Banner>
      ) : null}
      {!data.value && !error.value && <Skeleton height="420px" />}
      {data.value && <TaskList tasks={data.value.items.filter((task) => task.isEditable)} onChange={refresh} />}
      {data.value && (
        <section aria-labelledby="tasks-always">
          <h2 id="tasks-always">{t('tasks.always')}</h2>
          <TaskList tasks={data.value.items.filter((task) => !task.isEditable)} onChange={refresh} />
        </section>
      )}
    </div>
  );
}

function TaskList({ tasks, onChange }: { tasks: TaskWire[]; onChange: () => Promise<void> }) {
  return (
    <ul class="tasks__list">
      {tasks.map((task) => (
        <Task key={task.name} task={task} onChange={() => void onChange()} />
      ))}
    </ul>
  );
}

function Task({ task, onChange }: { task: TaskWire; onChange: () => void }) {
  async function run(work: () => Promise<unknown>, done?: string): Promise<void> {
    try {
      await work();
      if (done) showToast(done);
    } catch (problem) {
      showToast(problemText(problem), { tone: 'bad' });
    }
    onChange();
  }
  return (
    <li class="task" data-testid="task" data-name={task.name}>
      <div class="task__what">
        <strong>{task.summary}</strong>
        {task.failure && <p class="task__failure">{task.failure}</p>}
      </div>
      <dl class="task__times">
        <div>
          <dt>{t('tasks.last')}</dt>
          <dd title={task.startedAtMs === null ? undefined : dateTimeText(task.startedAtMs)}>
            {task.isRunning ? <Badge tone="accent">{t('tasks.running')}</Badge> : lastText(task)}
          </dd>
        </div>
        <div>
          <dt>{t('tasks.next')}</dt>
          <dd title={task.nextAtMs === null ? undefined : dateTimeText(task.nextAtMs)}>{nextText(task)}</dd>
        </div>
        <div>
          <dt>{t('tasks.when')}</dt>
          <dd>
            <TaskTiming task={task} onChoose={(timing) => void run(() => editTask(task.name, timing))} />
          </dd>
        </div>
      </dl>
      <IconButton
        icon={Play}
        label={t('tasks.runOf', { task: task.summary })}
        disabled={task.isRunning}
        onClick={() => void run(() => runTask(task.name), t('tasks.started', { task: task.summary }))}
        data-testid="task-run"
      />
    </li>
  );
}

function lastText({ startedAtMs, durationMs }: TaskWire): string {
  if (startedAtMs === null) return t('tasks.never');
  const took = durationMs !== null && durationMs >= 1000 ? t('tasks.took', { time: durationText(durationMs) }) : null;
  return [relativeText(startedAtMs), took].filter(Boolean).join(', ');
}

function nextText({ nextAtMs, dailyAt }: TaskWire): string {
  if (nextAtMs === null || nextAtMs - Date.now() < MINUTE_MS) return t('tasks.atOnce');
  return dailyAt === null ? relativeText(nextAtMs) : dateTimeText(nextAtMs);
}
