import { Lock, RotateCcw } from 'lucide';
import { useId } from 'preact/hooks';
import type { SettingSource, SettingWire } from '../../../../src/features/settings/api.ts';
import { t } from '../../../lib/i18n/translate.ts';
import { Badge, type Tone } from '../../../ui/badge.tsx';
import { IconButton } from '../../../ui/button.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { type Draft, draftOf } from './drafts.ts';
import { rangeText, SettingControl } from './setting-control.tsx';

const TONE: Record<SettingSource, Tone> = {
  default: 'plain',
  browser: 'accent',
  file: 'warn',
  environment: 'warn',
  flag: 'warn',
};

interface SettingRowProps {
  setting: SettingWire;
  draft: Draft;
  error?: string;
  isChanged: boolean;
  onDraft: (draft: Draft) => void;
}

/** One setting: what it means, where its value comes from, and the field to change it or why there is none. */
export function SettingRow({ setting, draft, error, isChanged, onDraft }: SettingRowProps) {
  const id = useId();
  const { name, source, place, fixed } = setting;
  const isLocked = !setting.isEditable;
  const why = isLocked ? (place ? t('settings.lockedBy', { place }) : fixed) : null;
  const standard = draftOf(setting, setting.default);
  const canReset = !isLocked && JSON.stringify(draft) !== JSON.stringify(standard);
  return (
    <div
      class="setting"
      data-testid="setting"
      data-name={name}
      data-source={source}
      data-changed={isChanged || undefined}
    >
      <div class="setting__what">
        <label class="setting__label" id={`${id}-label`} for={id}>
          {setting.description}
        </label>
        <p class="setting__facts">
          <code title={setting.env}>{name}</code>
          <Badge tone={TONE[source]}>{t(`settings.source.${source}`)}</Badge>
          {setting.isPending ? (
            <Badge tone="warn">{t('settings.pending')}</Badge>
          ) : (
            setting.needsRestart && <Badge>{t('settings.needsRestart')}</Badge>
          )}
        </p>
      </div>
      <div class="setting__field">
        <div class="setting__control">
          {setting.kind === 'other' || isSecret(setting) ? (
            <p class="setting__value">{t(setting.isSet ? 'settings.secretSet' : 'settings.secretNone')}</p>
          ) : (
            <SettingControl
              setting={setting}
              draft={draft}
              onDraft={onDraft}
              wiring={{
                id,
                'aria-invalid': error ? 'true' : undefined,
                'aria-describedby': `${id}-note`,
                'aria-labelledby': `${id}-label`,
              }}
            />
          )}
          {canReset && (
            <IconButton
              icon={RotateCcw}
              size={18}
              label={t('settings.resetTo', { value: standardText(standard) })}
              onClick={() => onDraft(standard)}
              data-testid="setting-reset"
            />
          )}
        </div>
        <p class={error ? 'field__note field__note--error' : 'field__note'} id={`${id}-note`}>
          {error ?? (why ? <Locked why={why} /> : rangeText(setting))}
        </p>
      </div>
    </div>
  );
}

/** The server never says a secret: there is nothing to show but that there is one. */
const isSecret = ({ value, isEditable }: SettingWire) => value === null && !isEditable;

function Locked({ why }: { why: string }) {
  return (
    <span class="setting__locked">
      <Icon node={Lock} size={14} />
      <span>{why}</span>
    </span>
  );
}

function standardText(draft: Draft): string {
  if (typeof draft === 'boolean') return t(draft ? 'settings.on' : 'settings.off');
  return (Array.isArray(draft) ? draft.join(', ') : draft) || t('settings.empty');
}
