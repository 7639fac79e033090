import type { EditTaskBody, TaskWire } from '../../../../src/features/tasks/api.ts';
import { durationText } from '../../../lib/i18n/format.ts';
import { t } from '../../../lib/i18n/translate.ts';

const MINUTE_MS = 60_000;
/** What one may choose from, in minutes; how often it runs by itself is always among them. */
const OFTEN = [15, 60, 360, 720, 1440, 10_080];
const FIRST_TIME = '03:00';

interface TaskTimingProps {
  task: TaskWire;
  onChoose: (timing: EditTaskBody) => void;
}

/** When a task runs: every so often, or once a day at a time that is chosen beside it. */
export function TaskTiming({ task, onChoose }: TaskTimingProps) {
  if (!task.isEditable) return <>{timingText(task)}</>;
  const { usual, everyMs, dailyAt, isChosen, summary } = task;
  const isOwnTime = isChosen && dailyAt !== null;
  const value = !isChosen ? 'usual' : dailyAt !== null ? 'daily' : String(everyMs);
  function choose(chosen: string): void {
    if (chosen === 'usual') onChoose({});
    else if (chosen === 'daily') onChoose({ dailyAt: usual.dailyAt ?? FIRST_TIME });
    else onChoose({ everyMinutes: Number(chosen) / MINUTE_MS });
  }
  return (
    <span class="task__timing">
      <select
        class="field__control field__control--select task__every"
        aria-label={t('tasks.whenOf', { task: summary })}
        value={value}
        onChange={(event) => choose(event.currentTarget.value)}
        data-testid="task-every"
      >
        <option value="usual">{t('tasks.usual', { time: timingText(usual) })}</option>
        <option value="daily">{t('tasks.dailyAtOwn')}</option>
        {oftenOf(task).map((ms) => (
          <option key={ms} value={ms}>
            {timingText({ everyMs: ms, dailyAt: null })}
          </option>
        ))}
      </select>
      {isOwnTime && (
        <input
          class="field__control task__time"
          type="time"
          required
          aria-label={t('tasks.timeOf', { task: summary })}
          value={dailyAt}
          onChange={({ currentTarget }) =>
            currentTarget.value && onChoose({ dailyAt: currentTarget.value.slice(0, 5) })
          }
          data-testid="task-time"
        />
      )}
    </span>
  );
}

function oftenOf({ everyMs, usual }: TaskWire): number[] {
  const all = new Set([...OFTEN.map((minutes) => minutes * MINUTE_MS), ...(everyMs === null ? [] : [everyMs])]);
  if (usual.everyMs !== null) all.delete(usual.everyMs);
  return [...all].sort((a, b) => a - b);
}

function timingText({ everyMs, dailyAt }: Pick<TaskWire, 'everyMs' | 'dailyAt'>): string {
  if (dailyAt !== null) return t('tasks.dailyAt', { time: dailyAt });
  return t('tasks.everyTime', { time: durationText(everyMs ?? 0) });
}
