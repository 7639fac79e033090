import type { Signal } from '@preact/signals';
import type { AudioTrack, VideoQuality } from 'vidstack';
import type { MediaPlayerElement } from 'vidstack/elements';

/** What the controls draw. A plain picture of Vidstack's state, taken anew whenever something in it changes. */
export interface PlayerState {
  paused: boolean;
  ended: boolean;
  started: boolean;
  waiting: boolean;
  muted: boolean;
  volume: number;
  durationMs: number;
  speed: number;
  fullscreen: boolean;
  pictureInPicture: boolean;
  canFullscreen: boolean;
  canPictureInPicture: boolean;
  canAirPlay: boolean;
  canSetVolume: boolean;
  qualities: VideoQuality[];
  quality: VideoQuality | null;
  autoQuality: boolean;
  audioTracks: AudioTrack[];
  audioTrack: AudioTrack | null;
}

export const EMPTY_STATE: PlayerState = {
  paused: true,
  ended: false,
  started: false,
  waiting: false,
  muted: false,
  volume: 1,
  durationMs: 0,
  speed: 1,
  fullscreen: false,
  pictureInPicture: false,
  canFullscreen: false,
  canPictureInPicture: false,
  canAirPlay: false,
  canSetVolume: true,
  qualities: [],
  quality: null,
  autoQuality: true,
  audioTracks: [],
  audioTrack: null,
};

/** Keeps `state` in step with the player. Returns the way to stop. */
export function followPlayer(player: MediaPlayerElement, state: Signal<PlayerState>): () => void {
  return player.subscribe((media) => {
    state.value = {
      paused: media.paused,
      ended: media.ended,
      started: media.started,
      waiting: media.waiting && !media.paused,
      muted: media.muted || media.volume === 0,
      volume: media.volume,
      durationMs: media.duration * 1000,
      speed: media.playbackRate,
      fullscreen: media.fullscreen,
      pictureInPicture: media.pictureInPicture,
      canFullscreen: media.canFullscreen,
      canPictureInPicture: media.canPictureInPicture,
      canAirPlay: media.canAirPlay,
      canSetVolume: media.canSetVolume,
      qualities: [...media.qualities],
      quality: media.quality,
      autoQuality: media.autoQuality,
      audioTracks: [...media.audioTracks],
      audioTrack: media.audioTrack,
    };
  });
}
