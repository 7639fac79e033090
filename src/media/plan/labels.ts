import type { AudioTrack, VideoRendition } from '../types.ts';
import { codecName } from './codecs.ts';

/** What renditions are called in a player's menu. */

/** Adds the codec to labels that two renditions would share: "1080p HEVC" and "1080p H.264". */
export function markDuplicates(renditions: readonly VideoRendition[]): VideoRendition[] {
  const shared = (label: string) => renditions.filter((rendition) => rendition.label === label).length > 1;
  const named = renditions.map((rendition) =>
    shared(rendition.label) ? { ...rendition, label: `${rendition.label} ${codecName(rendition.codec)}` } : rendition,
  );
  // Same size and same codec: one is the original, the other lighter.
  return named.map((rendition) => {
    const twin = named.some((other) => other !== rendition && other.label === rendition.label);
    return twin && rendition.mode === 'copied' ? { ...rendition, label: `${rendition.label} original` } : rendition;
  });
}

/**
 * "English", "English 5.1", "Director's commentary", "Track 2" ("Sound" where there is but one): each different from the others. `channels` is how many each
 * has as it is delivered, which may be fewer than in the source.
 */
export function describeAudio(tracks: readonly Pick<AudioTrack, 'title' | 'language' | 'channels'>[]): string[] {
  const plain = tracks.map((track, n) => {
    const name = track.title ?? languageName(track.language) ?? (tracks.length === 1 ? 'Sound' : `Track ${n + 1}`);
    const layout = channelLayout(track.channels);
    return layout && !name.includes(layout) ? `${name} ${layout}` : name;
  });
  const seen = new Map<string, number>();
  return plain.map((label) => {
    const times = (seen.get(label) ?? 0) + 1;
    seen.set(label, times);
    return times === 1 ? label : `${label} (${times})`;
  });
}

/** "English AC-3 5.1" or "English 5.1": the track as it is in the source, besides the one that is called "English". */
export function untouchedLabel(
  label: string,
  track: Pick<AudioTrack, 'codec' | 'channels'>,
  withCodec: boolean,
): string {
  const layout = channelLayout(track.channels);
  const parts = [label, withCodec ? codecName(track.codec) : null, label.includes(layout ?? '?') ? null : layout];
  return parts.filter((part) => part !== null).join(' ');
}

/** "5.1" and "7.1"; nothing for stereo and mono, which go without saying. */
function channelLayout(channels: number): string | null {
  if (channels === 6) return '5.1';
  if (channels === 8) return '7.1';
  return channels > 2 ? `${channels} channels` : null;
}

let names: Intl.DisplayNames | null = null;

/** The English name of a BCP 47 tag; null for none, or one nobody knows. */
export function languageName(tag: string | null): string | null {
  if (!tag) return null;
  try {
    // Made when it is first asked: it has ICU look through the data of every locale.
    names ??= new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' });
    return names.of(tag) ?? null;
  } catch {
    return null;
  }
}
