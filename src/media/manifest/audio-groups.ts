import type { AudioRendition } from '../types.ts';

/**
 * Which sound goes with which: RFC 8216bis section 4.4.6.2.1. One group has every track in a form that all browsers play; for
 * each other codec a source brings there is one more, with the originals in that codec in the place of what was made of
 * them. Each variant is listed with each group, and a player takes those whose CODECS it knows.
 */

export interface AudioGroup<E> {
  id: string;
  members: AudioMember<E>[];
}

export interface AudioMember<E> {
  entry: E;
  /** The same in all groups, as are order, language and flags (4.4.6.1.1). */
  name: string;
  isDefault: boolean;
  /** One member of a language at most, so that nobody has to guess which is meant. */
  autoselect: boolean;
}

type Entry = { rendition: AudioRendition };

/** The groups of all renditions of sound, the one to be preferred first: stereo that needs no encoder, what all play, all else. */
export function audioGroups<E extends Entry>(entries: readonly E[]): AudioGroup<E>[] {
  const base = entries.filter((entry) => !isOriginal(entry, entries));
  if (base.length === 0) return [];
  const members = base.map((entry, n) => ({
    entry,
    name: entry.rendition.label,
    isDefault: entry.rendition.isDefault && n === 0,
    autoselect: base.findIndex((other) => other.rendition.language === entry.rendition.language) === n,
  }));
  const originals = entries.filter((entry) => !base.includes(entry));
  const groups = [...new Set(originals.map(({ rendition }) => rendition.codec))].map((codec) => {
    const standsIn = (entry: E) => {
      const isMain = base.find(({ rendition }) => rendition.trackIndex === entry.rendition.trackIndex) === entry;
      const original = originals.find(
        ({ rendition }) => rendition.codec === codec && rendition.trackIndex === entry.rendition.trackIndex,
      );
      return (isMain && original) || entry;
    };
    return { id: `audio-${codec}`, members: members.map((member) => ({ ...member, entry: standsIn(member.entry) })) };
  });
  const usual: AudioGroup<E> = { id: 'audio', members };
  return [...groups.filter(isPreferred), usual, ...groups.filter((group) => !isPreferred(group))];
}

/** Formats that a browser decodes by itself wherever it knows them. Dolby's are up to the system and its speakers. */
const FREE = new Set(['opus', 'mp3', 'flac']);

function isPreferred({ members }: AudioGroup<Entry>): boolean {
  const originals = members
    .filter(({ entry }) => entry.rendition.mode === 'copied')
    .map(({ entry }) => entry.rendition);
  return originals.every(({ codec, channels }) => channels <= 2 && (FREE.has(codec) || codec === 'aac'));
}

/** A copy that only some browsers play, besides what was made of it for the others. */
function isOriginal({ rendition }: Entry, entries: readonly Entry[]): boolean {
  const { mode, codec, trackIndex } = rendition;
  if (mode !== 'copied' || codec === 'aac') return false;
  return entries.some((other) => other.rendition !== rendition && other.rendition.trackIndex === trackIndex);
}
