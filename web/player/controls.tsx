import './controls.css';
import type { Signal } from '@preact/signals';
import {
  Airplay,
  Captions,
  Maximize,
  Minimize,
  Pause,
  PictureInPicture2,
  Play,
  RotateCcw,
  Volume1,
  Volume2,
  VolumeX,
} from 'lucide';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../lib/i18n/translate.ts';
import { formatLength, formatPosition } from '../lib/time.ts';
import { IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { CastButton } from './cast-button.tsx';
import type { ControlsProps } from './controls-props.ts';
import { SettingsMenu } from './settings-menu.tsx';
import { loadStoryboard, type StoryboardTile } from './storyboard.ts';
import { loadWaveform } from './waveform.ts';
import { WaveformTrack } from './waveform-slider.tsx';

export function Controls(props: ControlsProps) {
  const { player, onAction, playback, captions } = props;
  const state = props.state.value;
  const playIcon = state.ended ? RotateCcw : state.paused ? Play : Pause;
  const playLabel = t(state.ended ? 'player.again' : state.paused ? 'player.play' : 'player.pause');
  const playPause = () => onAction({ do: 'playPause' });
  return (
    <>
      <button type="button" class="controls__centre" aria-label={playLabel} onClick={playPause} data-testid="big-play">
        <Icon node={playIcon} size={34} filled={!state.ended} />
      </button>
      <div class="controls" data-testid="player-controls">
        <TimeSlider storyboard={playback.storyboard} waveform={playback.sound?.waveform ?? null} />
        <div class="controls__line">
          <IconButton
            icon={playIcon}
            filled={!state.ended}
            label={playLabel}
            onClick={playPause}
            data-testid="play-button"
          />
          <div class="controls__sound">
            <IconButton
              icon={state.muted ? VolumeX : state.volume < 0.5 ? Volume1 : Volume2}
              label={t(state.muted ? 'player.unmute' : 'player.mute')}
              onClick={() => onAction({ do: 'mute' })}
              data-testid="mute-button"
            />
            <media-volume-slider class="slider slider--volume" aria-label={t('player.volume')}>
              <span class="slider__track" />
              <span class="slider__fill" />
              <span class="slider__thumb" />
            </media-volume-slider>
          </div>
          <Clock positionMs={props.positionMs} lengthMs={props.lengthMs ?? state.durationMs} />
          <span class="controls__gap" />
          {captions.list.length > 0 && (
            <IconButton
              icon={Captions}
              label={t(captions.shown ? 'player.captionsHide' : 'player.captionsShow')}
              aria-pressed={captions.shown !== null}
              onClick={() => onAction({ do: 'captions' })}
              data-testid="captions-button"
            />
          )}
          <SettingsMenu {...props} />
          {state.canAirPlay ? (
            <IconButton
              icon={Airplay}
              label={t('player.airplay')}
              onClick={() => void player.current?.requestAirPlay()}
            />
          ) : (
            <CastButton player={player} started={state.started} />
          )}
          {state.canPictureInPicture && (
            <IconButton
              icon={PictureInPicture2}
              label={t('player.pip')}
              onClick={() => onAction({ do: 'pictureInPicture' })}
              data-testid="pip-button"
            />
          )}
          {state.canFullscreen && (
            <IconButton
              icon={state.fullscreen ? Minimize : Maximize}
              label={t(state.fullscreen ? 'player.fullscreenExit' : 'player.fullscreen')}
              onClick={() => onAction({ do: 'fullscreen' })}
              data-testid="fullscreen-button"
            />
          )}
        </div>
      </div>
    </>
  );
}

function TimeSlider({ storyboard, waveform }: { storyboard: string | null; waveform: string | null }) {
  const [peaks, setPeaks] = useState<number[] | null>(null);
  const [tiles, setTiles] = useState<StoryboardTile[] | null>(null);
  useEffect(() => {
    if (storyboard) void loadStoryboard(storyboard).then(setTiles);
  }, [storyboard]);
  useEffect(() => {
    if (waveform) void loadWaveform(waveform).then(setPeaks);
  }, [waveform]);
  return (
    <media-time-slider
      class={peaks ? 'slider slider--time slider--wave' : 'slider slider--time'}
      aria-label={t('player.seek')}
      data-testid="time-slider"
    >
      {peaks ? (
        <WaveformTrack peaks={peaks} />
      ) : (
        <>
          <span class="slider__track" />
          <span class="slider__loaded" />
          <span class="slider__fill" />
        </>
      )}
      <span class="slider__thumb" />
      <media-slider-preview class="slider__preview">
        {tiles && <media-slider-thumbnail class="slider__picture" src={tiles} />}
        <media-slider-value class="slider__value" />
      </media-slider-preview>
    </media-time-slider>
  );
}

/** Alone, because it changes four times a second and the rest does not. */
function Clock({ positionMs, lengthMs }: { positionMs: Signal<number>; lengthMs: number }) {
  return (
    <span class="controls__clock" data-testid="player-clock">
      {formatPosition(positionMs.value, lengthMs)} <span>/ {formatLength(lengthMs)}</span>
    </span>
  );
}
