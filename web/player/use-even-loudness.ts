import type { Signal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { MediaPlayerElement } from 'vidstack/elements';
import type { RenditionWire } from '../../src/features/videos/api.ts';
import { asFactor, evenGainDb } from './loudness.ts';
import { mediaOf } from './media-element.ts';
import type { PlayerState } from './player-state.ts';
import { audioRenditionOf } from './renditions.ts';
import { loadSettings, saveSettings } from './settings.ts';
import { canEvenOut, setGain } from './sound-gain.ts';

export interface EvenLoudness {
  /** What evening out does to the track that plays, in decibels; null where it cannot be done or is not known yet. */
  db: number | null;
  on: boolean;
  toggle: () => void;
}

/** Brings what plays to the loudness of everything else, while the person wants it. */
export function useEvenLoudness(
  element: RefObject<MediaPlayerElement | null>,
  state: Signal<PlayerState>,
  renditions: RenditionWire[],
): EvenLoudness {
  const [on, setOn] = useState(() => loadSettings().evenLoudness);
  const track = state.value.audioTrack;
  const loudness = audioRenditionOf(track, renditions)?.loudness ?? null;
  const db = evenGainDb(loudness);
  const factor = on ? asFactor(db) : 1;

  useEffect(() => {
    const player = element.current;
    if (!player) return;
    const listening = new AbortController();
    const apply = () => {
      const media = mediaOf(player);
      if (media) setGain(media, factor);
    };
    apply();
    // A new element comes with each new source, and none is taken before it is allowed to sound.
    for (const when of ['playing', 'can-play'] as const)
      player.addEventListener(when, apply, { signal: listening.signal });
    for (const gesture of ['pointerup', 'keyup'] as const)
      addEventListener(gesture, apply, { signal: listening.signal });
    return () => listening.abort();
  }, [factor]);

  return {
    db: canEvenOut && loudness ? db : null,
    on,
    toggle: () => {
      saveSettings({ evenLoudness: !on });
      setOn(!on);
    },
  };
}
