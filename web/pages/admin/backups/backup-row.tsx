import { Download, Trash2 } from 'lucide';
import type { BackupWire } from '../../../../src/features/backups/api.ts';
import { backupUrl } from '../../../lib/api/backups.ts';
import { bytesText, dateTimeText, relativeText } from '../../../lib/i18n/format.ts';
import { t } from '../../../lib/i18n/translate.ts';
import { Badge } from '../../../ui/badge.tsx';
import { IconButton } from '../../../ui/button.tsx';
import { Icon } from '../../../ui/icon.tsx';

/** One backup: when, how large, what is in it, and what can be done with it. */
export function BackupRow({ backup, onRemove }: { backup: BackupWire; onRemove: () => void }) {
  const { name, takenAtMs, sizeBytes, originals, version } = backup;
  const time = dateTimeText(takenAtMs);
  const label = t('backups.downloadOf', { time });
  return (
    <li class="backup" data-testid="backup-row" data-name={name}>
      <div class="backup__what">
        <strong>{time}</strong>
        <p>
          {relativeText(takenAtMs)} · {bytesText(sizeBytes)}
          {version !== null && ` · ${t('backups.by', { version })}`}
        </p>
      </div>
      <p class="backup__badges">
        {originals === null ? (
          <Badge tone="bad">{t('backups.unknown')}</Badge>
        ) : (
          <>
            <Badge tone={originals ? 'accent' : 'plain'}>
              {t(originals ? 'backups.hasOriginals' : 'backups.noOriginals')}
            </Badge>
            <span title={t('backups.checkedTitle')}>
              <Badge tone="good">{t('backups.checked')}</Badge>
            </span>
          </>
        )}
      </p>
      <p class="backup__actions">
        <a
          class="icon-button"
          href={backupUrl(name)}
          download={name}
          aria-label={label}
          title={label}
          data-testid="backup-download"
        >
          <Icon node={Download} size={20} />
        </a>
        <IconButton
          icon={Trash2}
          label={t('backups.removeOf', { time })}
          onClick={onRemove}
          data-testid="backup-remove"
        />
      </p>
    </li>
  );
}
