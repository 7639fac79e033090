import './settings-menu.css';
import {
  ALargeSmall,
  AudioLines,
  AudioWaveform,
  Captions,
  ChevronLeft,
  ChevronRight,
  Gauge,
  type IconNode,
  Info,
  Settings2,
  SlidersHorizontal,
} from 'lucide';
import { useEffect, useRef, useState } from 'preact/hooks';
import { languageText } from '../lib/i18n/format.ts';
import { t } from '../lib/i18n/translate.ts';
import { IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { MenuItem } from '../ui/menu.tsx';
import { moveFocus } from '../ui/roving.ts';
import { useSheet } from '../ui/use-sheet.ts';
import { CAPTION_SCALES } from './captions.ts';
import { decibelText, speedText } from './commands.ts';
import type { ControlsProps, Option } from './controls-props.ts';
import { SPEEDS } from './keys.ts';
import { qualityOptions } from './quality-options.ts';

type Page = 'main' | 'quality' | 'audio' | 'captions' | 'captionSize' | 'speed';

/** Of CAPTION_SCALES. */
const SIZE_NAMES = ['player.sizeSmall', 'player.sizeNormal', 'player.sizeLarge', 'player.sizeHuge'] as const;

/** Everything one sets now and then, one list at a time. */
export function SettingsMenu(props: ControlsProps) {
  const [page, setPage] = useState<Page | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const { player } = props;

  useSheet(box, page !== null);
  useEffect(() => {
    const controls = player.current?.controls;
    if (!page) return controls?.resume();
    controls?.pause();
    const first = '[aria-checked=true], [role^=menuitem]';
    (
      box.current?.querySelector<HTMLElement>('[aria-checked=true]') ?? box.current?.querySelector<HTMLElement>(first)
    )?.focus();
    const elsewhere = (event: PointerEvent) => {
      if (!box.current?.parentElement?.contains(event.target as Node)) setPage(null);
    };
    addEventListener('pointerdown', elsewhere);
    return () => removeEventListener('pointerdown', elsewhere);
  }, [page]);

  function close(): void {
    setPage(null);
    button.current?.focus();
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Tab') {
      setPage(null);
      return;
    }
    if (event.key === 'Escape' && page === 'main') close();
    else if (event.key === 'Escape') setPage('main');
    else if (!moveFocus(event, '[role^=menuitem]')) return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <div class="settings">
      <IconButton
        ref={button}
        icon={Settings2}
        label={t('player.settings')}
        aria-haspopup="menu"
        aria-expanded={page !== null}
        onClick={() => setPage(page ? null : 'main')}
        data-testid="settings-button"
      />
      {page && (
        <div
          ref={box}
          class="settings__box"
          role="menu"
          tabIndex={-1}
          aria-label={t('player.settings')}
          onKeyDown={onKeyDown}
          data-testid={page === 'main' ? 'settings-menu' : `${page}-menu`}
        >
          {page === 'main' ? (
            <MainPage {...props} open={setPage} close={close} />
          ) : (
            <>
              <button
                type="button"
                role="menuitem"
                tabIndex={-1}
                class="settings__back"
                onClick={() => setPage('main')}
              >
                <Icon node={ChevronLeft} mirrored size={18} />
                {t(`player.${page}`)}
              </button>
              {optionsOf(page, props).map((option) => (
                <MenuItem
                  key={option.key}
                  checked={option.checked}
                  data-testid={`${page}-option`}
                  onChoose={() => {
                    option.choose();
                    close();
                  }}
                >
                  {option.label}
                  {option.note && <small class="settings__note">{option.note}</small>}
                </MenuItem>
              ))}
            </>
          )}
        </div>
      )}
    </div>
  );
}

function MainPage(props: ControlsProps & { open: (page: Page) => void; close: () => void }) {
  const { qualities, audioTracks } = props.state.value;
  const pages: [Exclude<Page, 'main'>, IconNode, boolean][] = [
    ['quality', SlidersHorizontal, qualities.length > 0],
    ['audio', AudioLines, audioTracks.length > 1],
    ['captions', Captions, props.captions.list.length > 0],
    ['captionSize', ALargeSmall, props.captions.list.some(({ vtt }) => vtt !== null)],
    ['speed', Gauge, true],
  ];
  return (
    <>
      {pages.map(
        ([page, icon, shown]) =>
          shown && (
            <button
              key={page}
              type="button"
              role="menuitem"
              tabIndex={-1}
              class="settings__row"
              onClick={() => props.open(page)}
              data-testid={`settings-${page}`}
            >
              <Icon node={icon} size={18} />
              <span>{t(`player.${page}`)}</span>
              <em>{optionsOf(page, props).find((option) => option.checked)?.label}</em>
              <Icon node={ChevronRight} mirrored size={16} />
            </button>
          ),
      )}
      {props.loudness.db !== null && (
        <MenuItem
          icon={AudioWaveform}
          checked={props.loudness.on}
          onChoose={props.loudness.toggle}
          data-testid="even-loudness"
        >
          {t('player.evenLoudness')}
          {props.loudness.on && <small class="settings__note">{decibelText(props.loudness.db)}</small>}
        </MenuItem>
      )}
      <MenuItem
        icon={Info}
        onChoose={() => {
          props.onStats();
          props.close();
        }}
        data-testid="stats-toggle"
      >
        {t(props.stats ? 'player.statsHide' : 'player.statsShow')}
      </MenuItem>
    </>
  );
}

function optionsOf(page: Exclude<Page, 'main'>, props: ControlsProps): Option[] {
  const state = props.state.value;
  const player = props.player.current;
  const { captions } = props;
  if (!player) return [];
  switch (page) {
    case 'quality':
      return qualityOptions(props);
    case 'audio':
      return state.audioTracks.map((track) => ({
        key: track.id,
        label: track.label || languageText(track.language),
        checked: track === state.audioTrack,
        choose: () => {
          track.selected = true;
        },
      }));
    case 'captions':
      return [
        {
          key: 'off',
          label: t('player.captionsOff'),
          checked: !captions.shown,
          choose: () => captions.choose(null),
        },
        ...captions.list.map((caption) => ({
          key: caption.id,
          label: caption.label,
          note: caption.url === null ? t('player.captionsDrawnIn') : undefined,
          checked: caption === captions.shown,
          choose: () => captions.choose(caption),
        })),
      ];
    case 'captionSize':
      return CAPTION_SCALES.map((scale, n) => ({
        key: String(scale),
        label: t(SIZE_NAMES[n]!),
        checked: scale === captions.scale,
        choose: () => captions.resize(scale),
      }));
    case 'speed':
      return SPEEDS.map((speed) => ({
        key: String(speed),
        label: speedText(speed),
        checked: speed === state.speed,
        choose: () => {
          player.playbackRate = speed;
        },
      }));
  }
}
