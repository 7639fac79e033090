import type { Signal } from '@preact/signals';
import type { RefObject } from 'preact';
import type { MediaPlayerElement } from 'vidstack/elements';
import type { PlaybackWire } from '../../src/features/videos/api.ts';
import type { CaptionControl } from './captions.ts';
import type { PlayerAction } from './keys.ts';
import type { PlayerState } from './player-state.ts';
import type { EvenLoudness } from './use-even-loudness.ts';
import type { Original } from './use-original.ts';

export interface ControlsProps {
  player: RefObject<MediaPlayerElement | null>;
  state: Signal<PlayerState>;
  positionMs: Signal<number>;
  playback: PlaybackWire;
  /** As the server measured it; null where it could not. */
  lengthMs: number | null;
  original: Original;
  onOriginal: (original: Original) => void;
  captions: CaptionControl;
  loudness: EvenLoudness;
  onAction: (action: PlayerAction) => void;
  stats: boolean;
  onStats: () => void;
}

/** One line of a list in the settings. */
export interface Option {
  key: string;
  label: string;
  note?: string;
  checked: boolean;
  choose: () => void;
}
