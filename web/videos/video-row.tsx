import './video-row.css';
import { ChevronLeft, ChevronRight } from 'lucide';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { VideoWire } from '../../src/features/videos/api.ts';
import { removedIds } from '../lib/cache/videos.ts';
import { t } from '../lib/i18n/translate.ts';
import { IconButton } from '../ui/button.tsx';
import { moveFocus } from '../ui/roving.ts';
import { VideoCard, VideoCardSkeleton } from './video-card.tsx';

interface VideoRowProps {
  title: string;
  /** Undefined while loading; an empty row is not drawn. */
  videos: VideoWire[] | undefined;
  href?: string;
  onForget?: (video: VideoWire) => void;
  'data-testid'?: string;
}

/** A row that scrolls sideways: by hand, by its arrows, or with the arrow keys from card to card. */
export function VideoRow({ title, videos, href, onForget, ...rest }: VideoRowProps) {
  const strip = useRef<HTMLUListElement>(null);
  const headingId = useId();
  const [edges, setEdges] = useState({ start: true, end: true });
  const shown = videos?.filter((video) => !removedIds.value.has(video.id));

  function look(): void {
    const list = strip.current;
    if (!list) return;
    const from = Math.abs(list.scrollLeft);
    setEdges({ start: from < 8, end: from + list.clientWidth > list.scrollWidth - 8 });
  }
  useEffect(() => {
    if (!strip.current) return;
    const observer = new ResizeObserver(look);
    observer.observe(strip.current);
    look();
    return () => observer.disconnect();
  }, [shown?.length]);

  function page(direction: 1 | -1): void {
    const list = strip.current;
    if (!list) return;
    const sign = getComputedStyle(list).direction === 'rtl' ? -direction : direction;
    list.scrollBy({ left: sign * list.clientWidth * 0.86, behavior: 'smooth' });
  }

  if (shown?.length === 0) return null;
  return (
    <section class="video-row" aria-labelledby={headingId} data-testid={rest['data-testid']}>
      <header class="video-row__head">
        <h2 id={headingId}>{href ? <a href={href}>{title}</a> : title}</h2>
        <div class="video-row__arrows">
          <IconButton
            icon={ChevronLeft}
            mirrored
            label={t('row.back')}
            disabled={edges.start}
            onClick={() => page(-1)}
          />
          <IconButton icon={ChevronRight} mirrored label={t('row.on')} disabled={edges.end} onClick={() => page(1)} />
        </div>
      </header>
      <ul
        ref={strip}
        class="video-row__strip"
        aria-busy={!shown}
        onScroll={look}
        onKeyDown={(event) => moveFocus(event, '.video-card__link', 'horizontal') && event.preventDefault()}
      >
        {shown
          ? shown.map((video, index) => (
              <li key={video.id}>
                <VideoCard video={video} eager={index < 5} onForget={onForget && (() => onForget(video))} />
              </li>
            ))
          : Array.from({ length: 6 }, (_, index) => (
              <li key={index}>
                <VideoCardSkeleton />
              </li>
            ))}
      </ul>
    </section>
  );
}
