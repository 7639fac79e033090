import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { MediaPlayerElement } from 'vidstack/elements';
import type { CaptionWire } from '../../src/features/captions/api.ts';
import type { PlaybackWire } from '../../src/features/videos/api.ts';
import { t } from '../lib/i18n/translate.ts';
import { automaticCaption, memoryOf, rememberedCaption, wayToShow } from './captions-choice.ts';
import { showText } from './captions-text.ts';
import { mediaOf } from './media-element.ts';
import { loadSettings, saveSettings } from './settings.ts';

export interface CaptionControl {
  list: readonly CaptionWire[];
  shown: CaptionWire | null;
  /** The playlist to play instead, while a track is shown that has to be part of the picture. */
  burnt: string | null;
  choose: (caption: CaptionWire | null) => void;
  /** Times the usual size, for what is shown as text. */
  scale: number;
  resize: (scale: number) => void;
  /** On: what was chosen last, else the first. Returns a few words on what happened. */
  toggle: () => string;
}

/** From small to very large. */
export const CAPTION_SCALES = [0.75, 1, 1.5, 2];

const LAST_KEY = 'last';
/** What was on before it was switched off, for the key that switches it on again. */
const before = new Map<string, string>();

/** Chooses, remembers and shows captions. `spoken`: the language of the sound that plays. */
export function useCaptions(
  element: RefObject<MediaPlayerElement | null>,
  { captions }: PlaybackWire,
  spoken: string | null,
): CaptionControl {
  // A track that was read anew has another id and the same label.
  const [choice, setChoice] = useState<{ label: string | null } | null>(null);
  const [scale, setScale] = useState(() => loadSettings().captionScale);
  const [failed, setFailed] = useState<ReadonlySet<string>>(new Set());
  const list = captions.filter((caption) => wayToShow(caption, failed) !== null);
  const shown = choice
    ? (list.find(({ label }) => label === choice.label) ?? null)
    : automaticCaption(list, { wanted: loadSettings().captions, spoken });
  const way = shown && wayToShow(shown, failed);
  const source = shown && `${shown.url} ${shown.vtt}`;

  useEffect(() => {
    const player = element.current;
    if (!player) return;
    if (!shown || (way !== 'ass' && way !== 'pgs')) return keepText(player, way === 'text' ? shown : null);
    showText(player, null);
    return drawOver(player, shown, way, () => setFailed((known) => new Set(known).add(shown.id)));
  }, [source, way]);

  function choose(caption: CaptionWire | null): void {
    setChoice({ label: caption?.label ?? null });
    if (caption) before.set(LAST_KEY, memoryOf(caption));
    saveSettings({ captions: caption ? memoryOf(caption) : null });
  }

  return {
    list,
    shown,
    burnt: way === 'burnt' ? shown!.burnt : null,
    choose,
    scale,
    resize(wanted) {
      setScale(wanted);
      saveSettings({ captionScale: wanted });
    },
    toggle() {
      if (list.length === 0) return t('player.flash.noCaptions');
      if (shown) before.set(LAST_KEY, memoryOf(shown));
      const whole = list.find(({ forced }) => !forced) ?? list[0]!;
      const next = shown ? null : (rememberedCaption(list, before.get(LAST_KEY) ?? null) ?? whole);
      choose(next);
      return next ? next.label : t('player.captionsOff');
    },
  };
}

/** Shows a track as text, or none, also after another playlist has been loaded. Returns the way to stop. */
function keepText(player: MediaPlayerElement, caption: CaptionWire | null): () => void {
  const listening = new AbortController();
  showText(player, caption);
  player.addEventListener('can-play', () => showText(player, caption), { signal: listening.signal });
  return () => listening.abort();
}

/** Draws on a canvas over the picture, again when the player has made another media element. Returns the way to stop. */
function drawOver(
  player: MediaPlayerElement,
  caption: CaptionWire,
  way: 'ass' | 'pgs',
  onFailed: () => void,
): () => void {
  const listening = new AbortController();
  let drawnOn: HTMLMediaElement | null = null;
  let stop = () => {};
  const draw = async () => {
    const media = mediaOf(player);
    if (!(media instanceof HTMLVideoElement) || media === drawnOn) return;
    drawnOn = media;
    stop();
    stop = () => {};
    try {
      const started =
        way === 'ass'
          ? await (await import('./captions-ass.ts')).drawAss(media, caption)
          : await (await import('./captions-pgs.ts')).drawPgs(media, caption);
      if (listening.signal.aborted) started();
      else stop = started;
    } catch {
      // Not on this browser, or not this file: it is shown in the next best way.
      if (!listening.signal.aborted) onFailed();
    }
  };
  void draw();
  player.addEventListener('can-play', () => void draw(), { signal: listening.signal });
  return () => {
    listening.abort();
    stop();
  };
}
