import './shortcut-sheet.css';
import { type MessageKey, t } from '../lib/i18n/translate.ts';
import { Dialog } from '../ui/dialog.tsx';

const SHORTCUTS: [MessageKey, string[]][] = [
  ['keys.playPause', ['K', 'Space']],
  ['keys.seek10', ['J', 'L']],
  ['keys.seek5', ['←', '→']],
  ['keys.volume', ['↑', '↓']],
  ['keys.mute', ['M']],
  ['keys.fullscreen', ['F']],
  ['keys.captions', ['C']],
  ['keys.pip', ['I']],
  ['keys.speed', ['<', '>']],
  ['keys.share', ['0', '…', '9']],
  ['keys.frame', [',', '.']],
  ['keys.help', ['?']],
];

export function ShortcutSheet({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={t('keys.title')} onClose={onClose} data-testid="shortcut-sheet">
      <dl class="shortcuts">
        {SHORTCUTS.map(([label, keys]) => (
          <div key={label}>
            <dt>{t(label)}</dt>
            <dd>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
