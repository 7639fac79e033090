import type { LogLevel, LogLineWire } from '../../../../src/features/logs/api.ts';
import { dateTimeText } from '../../../lib/i18n/format.ts';
import { formatLocale, t } from '../../../lib/i18n/translate.ts';
import { Badge, type Tone } from '../../../ui/badge.tsx';

const TONE: Record<LogLevel, Tone> = { debug: 'plain', info: 'accent', warn: 'warn', error: 'bad' };

/** One line; what belongs to it unfolds below. */
export function LogLine({ line }: { line: LogLineWire }) {
  const { atMs, level, text, fields } = line;
  const names = Object.keys(fields);
  const head = (
    <>
      <time dateTime={new Date(atMs).toISOString()} title={dateTimeText(atMs)}>
        {timeText(atMs)}
      </time>
      <Badge tone={TONE[level]}>{level}</Badge>
      <span class="log-line__text">{text}</span>
    </>
  );
  if (names.length === 0) {
    return (
      <li class="log-line" data-testid="log-line" data-level={level}>
        <div class="log-line__head">{head}</div>
      </li>
    );
  }
  return (
    <li class="log-line" data-testid="log-line" data-level={level}>
      <details>
        <summary class="log-line__head" title={t('logs.showFields')}>
          {head}
          <span class="log-line__brief">{briefText(fields)}</span>
        </summary>
        <dl class="log-line__fields">
          {names.map((name) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <pre>{fieldText(fields[name])}</pre>
              </dd>
            </div>
          ))}
        </dl>
      </details>
    </li>
  );
}

function timeText(ms: number): string {
  const isToday = new Date(ms).toDateString() === new Date().toDateString();
  const day = isToday ? {} : ({ month: 'short', day: 'numeric' } as const);
  return new Intl.DateTimeFormat(formatLocale(), { ...day, timeStyle: undefined, ...TIME }).format(ms);
}
const TIME = { hour: '2-digit', minute: '2-digit', second: '2-digit' } as const;

/** The fields on one line, errors by their message. */
function briefText(fields: LogLineWire['fields']): string {
  return Object.entries(fields)
    .map(
      ([name, value]) =>
        `${name}=${isError(value) ? value.message : typeof value === 'string' ? value : JSON.stringify(value)}`,
    )
    .join(' ');
}

function fieldText(value: unknown): string {
  if (isError(value)) return value.stack ?? value.message;
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

function isError(value: unknown): value is { message: string; stack?: string } {
  return typeof value === 'object' && value !== null && typeof (value as { message?: unknown }).message === 'string';
}
