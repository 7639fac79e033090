import type { SettingWire } from '../../../../src/features/settings/api.ts';

/** What is typed into the field of a setting: a text for most, the value itself for switches and choices. */
export type Draft = string | boolean | string[];

/** What a field shows of a value. */
export function draftOf({ kind }: Pick<SettingWire, 'kind'>, value: unknown): Draft {
  if (kind === 'boolean') return value === true;
  if (kind === 'choices') return Array.isArray(value) ? value.map(String) : [];
  if (Array.isArray(value)) return value.join(', ');
  return value === null || value === undefined ? '' : String(value);
}

/** What a field means. Numbers that are none stay texts: the server says what is wrong with them. */
export function meaningOf({ kind }: Pick<SettingWire, 'kind'>, draft: Draft): unknown {
  if (typeof draft !== 'string') return draft;
  const text = draft.trim();
  if (kind === 'number') return numberOf(text);
  if (kind === 'auto') return text.toLowerCase() === 'auto' ? 'auto' : numberOf(text);
  if (kind !== 'numbers' && kind !== 'texts') return draft;
  const parts = text.split(/[\s,]+/).filter(Boolean);
  return kind === 'numbers' ? parts.map(numberOf) : parts;
}

/** Both "1.5" and, where people write it so, "1,5". */
function numberOf(text: string): unknown {
  const plain = text.replace(/^(-?\d+),(\d+)$/, '$1.$2');
  return /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : text;
}

/** What differs from what is chosen, for the server: a value that is the default again is null. */
export function changesOf(settings: SettingWire[], drafts: ReadonlyMap<string, Draft>): Record<string, unknown> {
  const changes: Record<string, unknown> = {};
  for (const setting of settings) {
    const draft = drafts.get(setting.name);
    if (draft === undefined || !setting.isEditable) continue;
    const value = meaningOf(setting, draft);
    if (isSame(value, setting.value)) continue;
    changes[setting.name] = isSame(value, setting.default) ? null : value;
  }
  return changes;
}

const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
