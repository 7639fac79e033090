import './stats-panel.css';
import type { Signal } from '@preact/signals';
import { X } from 'lucide';
import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { MediaPlayerElement } from 'vidstack/elements';
import type { RenditionWire } from '../../src/features/videos/api.ts';
import { percentText } from '../lib/i18n/format.ts';
import { formatLocale, t } from '../lib/i18n/translate.ts';
import { IconButton } from '../ui/button.tsx';
import { useSheet } from '../ui/use-sheet.ts';
import type { PlayerState } from './player-state.ts';
import { audioRenditionOf, renditionOf } from './renditions.ts';

interface StatsPanelProps {
  player: RefObject<MediaPlayerElement | null>;
  state: Signal<PlayerState>;
  renditions: RenditionWire[];
  onClose: () => void;
}

/** Why the picture is what it is: every rendition, copied or encoded, and the reason. */
export function StatsPanel({ player, state, renditions, onClose }: StatsPanelProps) {
  const box = useRef<HTMLElement>(null);
  useSheet(box, true);
  const numbers = useNumbers(player);
  const video = renditionOf(state.value.quality, renditions);
  const audio = audioRenditionOf(state.value.audioTrack, renditions, state.value.quality?.codec);
  // What plays now comes first; the rest stays in the server's order.
  const isPlaying = (one: RenditionWire) => one === video || one === audio;
  return (
    <section ref={box} class="stats" aria-label={t('stats.title')} data-testid="stats-panel">
      <header class="stats__head">
        <h2>{t('stats.title')}</h2>
        <IconButton icon={X} size={18} label={t('action.close')} onClick={onClose} />
      </header>
      <dl class="stats__numbers">
        <div>
          <dt>{t('stats.buffer')}</dt>
          <dd>
            {t('stats.seconds', {
              seconds: numbers.bufferSeconds.toLocaleString(formatLocale(), { maximumFractionDigits: 1 }),
            })}
          </dd>
        </div>
        <div>
          <dt>{t('stats.dropped')}</dt>
          <dd>{t('stats.droppedOf', { dropped: numbers.dropped, total: numbers.frames })}</dd>
        </div>
        <div>
          <dt>{t('stats.size')}</dt>
          <dd>{numbers.size}</dd>
        </div>
      </dl>
      <ul class="stats__list">
        {renditions
          .toSorted((a, b) => Number(isPlaying(b)) - Number(isPlaying(a)))
          .map((rendition) => (
            <Rendition key={rendition.id} rendition={rendition} playing={isPlaying(rendition)} />
          ))}
      </ul>
    </section>
  );
}

function Rendition({ rendition, playing }: { rendition: RenditionWire; playing: boolean }) {
  return (
    <li class="stats__one" data-playing={playing || undefined} data-testid="stats-rendition">
      <p class="stats__name">
        <strong>{rendition.label}</strong>
        <span class={`stats__mode stats__mode--${rendition.mode}`}>{t(`stats.${rendition.mode}`)}</span>
        {playing && <span class="stats__now">{t('stats.playing')}</span>}
      </p>
      <p class="stats__why">{rendition.why}</p>
      <p class="stats__facts">
        {rendition.codec} · {t('stats.kbps', { kbps: Math.round(rendition.bitrateKbps) })}
        {rendition.width && rendition.height ? ` · ${rendition.width}×${rendition.height}` : ''} ·{' '}
        {t('stats.filled', { percent: percentText(rendition.filledPercent) })}
      </p>
    </li>
  );
}

function useNumbers(player: RefObject<MediaPlayerElement | null>) {
  const [numbers, setNumbers] = useState({ bufferSeconds: 0, dropped: 0, frames: 0, size: '' });
  useEffect(() => {
    const read = () => {
      const element = player.current?.querySelector('video');
      if (!element) return;
      const quality = element.getVideoPlaybackQuality();
      setNumbers({
        bufferSeconds: bufferAhead(element),
        dropped: quality.droppedVideoFrames,
        frames: quality.totalVideoFrames,
        size: `${element.videoWidth}×${element.videoHeight}`,
      });
    };
    read();
    const timer = setInterval(read, 1000);
    return () => clearInterval(timer);
  }, []);
  return numbers;
}

function bufferAhead(element: HTMLVideoElement): number {
  const { buffered, currentTime } = element;
  for (let index = 0; index < buffered.length; index++) {
    if (buffered.start(index) <= currentTime + 0.1 && buffered.end(index) >= currentTime) {
      return buffered.end(index) - currentTime;
    }
  }
  return 0;
}
