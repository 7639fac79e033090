import type { MediaPlayerElement } from 'vidstack/elements';
import { percentText } from '../lib/i18n/format.ts';
import { formatLocale, t } from '../lib/i18n/translate.ts';
import { type PlayerAction, stepSpeed } from './keys.ts';
import { playOrPause } from './media-element.ts';
import { seekTo, timeOf } from './seeking.ts';

const DEFAULT_FRAME_RATE = 25;

/** Does what a key or a button asks for. Returns a few words to flash over the picture, where the picture doesn't show it. */
export function perform(player: MediaPlayerElement, action: PlayerAction, frameRate: number | null): string | null {
  switch (action.do) {
    case 'playPause':
      playOrPause(player);
      return null;
    case 'seekBy':
      seekTo(player, timeOf(player) + action.seconds);
      return t(action.seconds > 0 ? 'player.flash.on' : 'player.flash.back', { seconds: Math.abs(action.seconds) });
    case 'seekToShare':
      seekTo(player, player.duration * action.share);
      return null;
    case 'volumeBy':
      player.muted = false;
      player.volume = Math.min(1, Math.max(0, player.volume + action.share));
      return percentText(player.volume * 100);
    case 'mute':
      player.muted = !player.muted;
      return t(player.muted ? 'player.flash.muted' : 'player.flash.unmuted');
    case 'speedBy':
      player.playbackRate = stepSpeed(player.playbackRate, action.steps);
      return speedText(player.playbackRate);
    case 'frameBy':
      void player.pause();
      seekTo(player, timeOf(player) + action.frames / (frameRate ?? DEFAULT_FRAME_RATE));
      return null;
    case 'fullscreen':
      void (player.state.fullscreen ? player.exitFullscreen() : player.enterFullscreen()).catch(() => {});
      return null;
    case 'pictureInPicture':
      void (player.state.pictureInPicture ? player.exitPictureInPicture() : player.enterPictureInPicture()).catch(
        () => {},
      );
      return null;
    case 'captions':
    case 'help':
      return null;
  }
}

/** "−6.2 dB", "+3 dB", "±0 dB". */
export function decibelText(db: number): string {
  const rounded = Math.round(db * 10) / 10;
  const format = new Intl.NumberFormat(formatLocale(), { maximumFractionDigits: 1, signDisplay: 'exceptZero' });
  return `${rounded === 0 ? '±' : ''}${format.format(rounded).replace('-', '−')} dB`;
}

export function speedText(speed: number): string {
  return speed === 1
    ? t('player.speedNormal')
    : `${new Intl.NumberFormat(formatLocale(), { maximumFractionDigits: 2 }).format(speed)}×`;
}
