import type { VideoQuality } from 'vidstack';
import type { MediaPlayerElement } from 'vidstack/elements';
import type { RenditionWire } from '../../src/features/videos/api.ts';
import { t } from '../lib/i18n/translate.ts';
import type { ControlsProps, Option } from './controls-props.ts';
import { renditionOf } from './renditions.ts';

/** Auto, the original where it stands alone, then every size from large to small. */
export function qualityOptions(props: ControlsProps): Option[] {
  const { playback, original } = props;
  const sizes = original === 'no' ? levels(props) : sizesToCome(props);
  if (!playback.original) return [auto(props), ...sizes];
  const untouched = {
    key: 'original',
    label: t('player.original'),
    note: t(original === 'first' ? 'player.originalFirst' : 'player.originalNote'),
    checked: original !== 'no',
    choose: () => props.onOriginal('chosen'),
  };
  return [auto(props), untouched, ...sizes];
}

function auto({ state, player, original, onOriginal }: ControlsProps): Option {
  const { quality, autoQuality } = state.value;
  const chosen = autoQuality && original === 'no';
  return {
    key: 'auto',
    label: t('player.auto'),
    note: chosen && quality ? t('player.autoNow', { height: String(quality.height) }) : undefined,
    checked: chosen,
    choose: () => {
      onOriginal('no');
      player.current?.qualities.autoSelect();
    },
  };
}

/** The sizes of the playlist that is playing. */
function levels({ state, playback }: ControlsProps): Option[] {
  const { qualities, quality, autoQuality } = state.value;
  return qualities
    .toSorted((a, b) => b.height - a.height || (b.bitrate ?? 0) - (a.bitrate ?? 0))
    .map((level) => {
      const rendition = renditionOf(level, playback.renditions);
      return {
        key: level.id || `${level.height}-${level.bitrate}`,
        label: rendition?.label ?? (level.height ? `${level.height}p` : t('player.audioOnly')),
        note: rendition?.mode === 'copied' ? t('player.copied') : undefined,
        checked: !autoQuality && level === quality,
        choose: () => {
          level.selected = true;
        },
      };
    });
}

/** While the original plays, which stands alone in its playlist: choosing a size loads the other one first. */
function sizesToCome({ player, playback, onOriginal }: ControlsProps): Option[] {
  return playback.renditions
    .filter((one) => one.kind === 'video' && one.mode === 'encoded')
    .toSorted((a, b) => (b.height ?? 0) - (a.height ?? 0))
    .map((rendition) => ({
      key: rendition.id,
      label: rendition.label,
      checked: false,
      choose: () => {
        onOriginal('no');
        if (player.current) selectWhenLoaded(player.current, rendition);
      },
    }));
}

function selectWhenLoaded(player: MediaPlayerElement, wanted: RenditionWire): void {
  const select = () => {
    const level = [...player.qualities].find((one: VideoQuality) => renditionOf(one, [wanted]) !== null);
    if (level) level.selected = true;
  };
  player.addEventListener('can-play', select, { once: true });
}
