import { languageName } from '../plan/labels.ts';
import type { CaptionName } from './names.ts';

/** What caption tracks are called in a player's menu: "English", "English (SDH)", "Signs", each different. */
export function describeCaptions(tracks: readonly Omit<CaptionName, 'isDefault'>[]): string[] {
  const seen = new Map<string, number>();
  return tracks.map((track, n) => {
    const label = labelOf(track) || `Track ${n + 1}`;
    const times = (seen.get(label) ?? 0) + 1;
    seen.set(label, times);
    return times === 1 ? label : `${label} (${times})`;
  });
}

function labelOf({ language, title, isForced, isSdh }: Omit<CaptionName, 'isDefault'>): string {
  const spoken = languageName(language) ?? '';
  const named = title && (spoken === '' || title.toLowerCase().includes(spoken.toLowerCase())) ? title : null;
  const base = named ?? (title ? `${spoken} – ${title}` : spoken);
  const marks = [
    isForced && !/forced/i.test(base) ? 'forced' : '',
    isSdh && !/\b(?:sdh|cc)\b/i.test(base) ? 'SDH' : '',
  ].filter((mark) => mark !== '');
  return marks.length === 0 ? base : `${base || 'Captions'} (${marks.join(', ')})`;
}
