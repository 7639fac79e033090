import '../../../ui/field.css';
import type { SettingWire } from '../../../../src/features/settings/api.ts';
import { t } from '../../../lib/i18n/translate.ts';
import { Switch } from '../../../ui/switch.tsx';
import type { Draft } from './drafts.ts';

interface ControlProps {
  setting: SettingWire;
  draft: Draft;
  onDraft: (draft: Draft) => void;
  /** Ties the control to its label and its note. */
  wiring: { id: string; 'aria-invalid'?: 'true'; 'aria-describedby': string; 'aria-labelledby': string };
}

/** The field of a setting, by its kind. */
export function SettingControl({ setting, draft, onDraft, wiring }: ControlProps) {
  const disabled = !setting.isEditable;
  if (setting.kind === 'boolean') {
    return <Switch {...wiring} checked={draft === true} disabled={disabled} onSwitch={onDraft} />;
  }
  if (setting.kind === 'choice') {
    return (
      <select
        {...wiring}
        class="field__control field__control--select"
        value={String(draft)}
        disabled={disabled}
        onChange={(event) => onDraft(event.currentTarget.value)}
      >
        {setting.choices?.map((choice) => (
          <option key={choice} value={choice}>
            {choice}
          </option>
        ))}
      </select>
    );
  }
  if (setting.kind === 'choices') return <Choices {...{ setting, draft, onDraft, wiring }} />;
  const text = String(draft);
  return (
    <div class="setting__text">
      {setting.kind === 'color' && (
        <input
          type="color"
          class="setting__color"
          aria-labelledby={wiring['aria-labelledby']}
          value={text}
          disabled={disabled}
          onInput={(event) => onDraft(event.currentTarget.value)}
        />
      )}
      <input
        {...wiring}
        class="field__control"
        type="text"
        inputMode={setting.kind === 'number' ? 'decimal' : undefined}
        autoComplete="off"
        spellcheck={false}
        placeholder={t('settings.empty')}
        value={text}
        disabled={disabled}
        onInput={(event) => onDraft(event.currentTarget.value)}
      />
    </div>
  );
}

function Choices({ setting, draft, onDraft, wiring }: ControlProps) {
  const chosen = Array.isArray(draft) ? draft : [];
  // The order in which they were chosen is kept: the first one goes first.
  const toggle = (choice: string, on: boolean) =>
    onDraft(on ? [...chosen, choice] : chosen.filter((other) => other !== choice));
  return (
    <fieldset class="setting__choices" {...wiring}>
      {setting.choices?.map((choice) => (
        <label key={choice}>
          <input
            type="checkbox"
            checked={chosen.includes(choice)}
            disabled={!setting.isEditable}
            onChange={(event) => toggle(choice, event.currentTarget.checked)}
          />
          {choice}
        </label>
      ))}
    </fieldset>
  );
}

/** What may be typed, in a few words; null where the control itself shows it. */
export function rangeText({ kind, min, max }: SettingWire): string | null {
  if (kind === 'auto') return t('settings.auto');
  if (kind === 'texts' || kind === 'numbers') return t('settings.list');
  if (kind !== 'number') return null;
  if (min !== null && max !== null) return t('settings.range', { min, max });
  return min === null ? null : t('settings.least', { min });
}
