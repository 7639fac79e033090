import './description.css';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { VideoWire } from '../../../src/features/videos/api.ts';
import { t } from '../../lib/i18n/translate.ts';
import { splitDescription } from '../../lib/time.ts';
import { playerHandle } from './player-handle.ts';

// Folding shows five: hiding two more would cost a press and save nothing.
const FOLDED_FROM_LINES = 8;

/** The description with time codes that jump and addresses that lead. Long ones are folded. */
export function Description({ video }: { video: VideoWire }) {
  const text = useRef<HTMLParagraphElement>(null);
  const [open, setOpen] = useState(false);
  const [long, setLong] = useState(false);
  useLayoutEffect(() => {
    const element = text.current;
    if (!element) return;
    const lineHeight = Number.parseFloat(getComputedStyle(element).lineHeight);
    setLong(element.scrollHeight / lineHeight >= FOLDED_FROM_LINES - 0.5);
  }, [video.description]);

  if (!video.description.trim()) return null;
  return (
    <>
      <p ref={text} class={long && !open ? 'description description--folded' : 'description'} data-testid="description">
        {splitDescription(video.description, video.durationMs).map((part, index) => {
          const { seekMs } = part;
          if (seekMs !== undefined) {
            return (
              <button
                key={index}
                type="button"
                class="description__time"
                onClick={() => playerHandle.value?.seek(seekMs)}
                data-testid="time-code"
              >
                {part.text}
              </button>
            );
          }
          if (!part.href) return part.text;
          return (
            <a key={index} class="text-link" href={part.href} target="_blank" rel="noreferrer noopener nofollow">
              {part.text}
            </a>
          );
        })}
      </p>
      {long && (
        <button type="button" class="description__more" aria-expanded={open} onClick={() => setOpen(!open)}>
          {t(open ? 'action.showLess' : 'action.showMore')}
        </button>
      )}
    </>
  );
}
