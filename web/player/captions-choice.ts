import type { CaptionWire } from '../../src/features/captions/api.ts';

/** Which caption track is shown, and how. Pure. */

/** How a track gets on the screen: as text of ours, drawn on a canvas, or as part of the picture. */
export type CaptionWay = 'text' | 'ass' | 'pgs' | 'burnt';

/** The best way this browser can show a track; `failed` holds the tracks whose drawing did not work here. */
export function wayToShow(caption: CaptionWire, failed: ReadonlySet<string>): CaptionWay | null {
  const draws = caption.url !== null && !failed.has(caption.id);
  if (caption.format === 'ass' && draws) return 'ass';
  if (caption.format === 'pgs' && draws) return 'pgs';
  if (caption.vtt !== null) return 'text';
  return caption.burnt === null ? null : 'burnt';
}

/** What is remembered of a choice, for the next film. */
export function memoryOf(caption: CaptionWire): string {
  return caption.language ?? caption.label;
}

/** The track that fits what somebody chose last time, if there is one: the same language, not only its few foreign words. */
export function rememberedCaption(captions: readonly CaptionWire[], wanted: string | null): CaptionWire | null {
  if (wanted === null) return null;
  const whole = captions.filter(({ forced }) => !forced);
  const primary = wanted.split('-')[0];
  return (
    whole.find((caption) => memoryOf(caption) === wanted && caption.kind === 'subtitles') ??
    whole.find((caption) => memoryOf(caption) === wanted) ??
    whole.find(({ language }) => language !== null && language.split('-')[0] === primary) ??
    null
  );
}

/**
 * What is shown before anybody chooses: what was chosen last time, or else the forced track in the language that is spoken,
 * which translates signs and a few words in other languages.
 */
export function automaticCaption(
  captions: readonly CaptionWire[],
  { wanted, spoken }: { wanted: string | null; spoken: string | null },
): CaptionWire | null {
  const remembered = rememberedCaption(captions, wanted);
  if (remembered || spoken === null) return remembered;
  const primary = spoken.split('-')[0];
  return captions.find(({ forced, language }) => forced && language?.split('-')[0] === primary) ?? null;
}
