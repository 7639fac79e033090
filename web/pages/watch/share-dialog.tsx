import './share-dialog.css';
import { Copy } from 'lucide';
import { useState } from 'preact/hooks';
import type { VideoWire } from '../../../src/features/videos/api.ts';
import { absoluteUrl } from '../../lib/base.ts';
import { copyText } from '../../lib/clipboard.ts';
import { t } from '../../lib/i18n/translate.ts';
import { formatClock } from '../../lib/time.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { playerHandle } from './player-handle.ts';

export function ShareDialog({ video, onClose }: { video: VideoWire; onClose: () => void }) {
  const [nowMs] = useState(() => playerHandle.value?.now() ?? 0);
  const [withTime, setWithTime] = useState(false);
  const seconds = Math.floor(nowMs / 1000);
  const url = absoluteUrl(`/watch/${video.id}`) + (withTime && seconds > 0 ? `?t=${seconds}s` : '');
  return (
    <Dialog
      title={t('share.title')}
      onClose={onClose}
      data-testid="share-dialog"
      actions={
        <Button variant="primary" icon={Copy} onClick={() => void copyText(url)} data-testid="copy-link">
          {t('share.copy')}
        </Button>
      }
    >
      <TextField
        label={t('share.link')}
        value={url}
        readOnly
        onFocus={(event) => event.currentTarget.select()}
        hint={t(`share.${video.visibility}`)}
      />
      {seconds > 0 && (
        <label class="share-time">
          <input type="checkbox" checked={withTime} onChange={(event) => setWithTime(event.currentTarget.checked)} />
          {t('share.at', { time: formatClock(nowMs) })}
        </label>
      )}
    </Dialog>
  );
}
