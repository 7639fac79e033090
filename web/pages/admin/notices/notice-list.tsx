import './notice-list.css';
import { CircleCheck, OctagonAlert, TriangleAlert } from 'lucide';
import type { NoticeWire } from '../../../../src/features/notices/api.ts';
import { appPath } from '../../../lib/base.ts';
import { dateTimeText, relativeText } from '../../../lib/i18n/format.ts';
import { t } from '../../../lib/i18n/translate.ts';
import { Icon } from '../../../ui/icon.tsx';

/** Notices, one a line: what is or was wrong, since when, and the way to where it is put right. */
export function NoticeLines({ notices }: { notices: NoticeWire[] }) {
  return (
    <ul class="notices__list">
      {notices.map((notice) => (
        <NoticeLine key={notice.id} notice={notice} />
      ))}
    </ul>
  );
}

function NoticeLine({ notice }: { notice: NoticeWire }) {
  const { kind, state, title, text, path, raisedAtMs, clearedAtMs } = notice;
  const isOver = clearedAtMs !== null;
  const icon = isOver ? CircleCheck : state === 'problem' ? OctagonAlert : TriangleAlert;
  return (
    <li class="notice" data-state={isOver ? 'over' : state} data-kind={kind} data-testid="notice">
      <Icon node={icon} size={20} />
      <div class="notice__what">
        <p class="notice__head">
          <strong>{title}</strong>
          <span class="notice__when" title={dateTimeText(clearedAtMs ?? raisedAtMs)}>
            {isOver
              ? t('notices.was', { time: relativeText(clearedAtMs) })
              : t('notices.since', { time: dateTimeText(raisedAtMs) })}
          </span>
        </p>
        {!isOver && <p class="notice__text">{text}</p>}
      </div>
      {!isOver && (
        <a class="notice__link" href={appPath(path)} aria-label={t('notices.lookAt', { title })}>
          {t('notices.look')}
        </a>
      )}
    </li>
  );
}
