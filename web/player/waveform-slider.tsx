import './waveform-slider.css';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { waveformPath } from './waveform.ts';

const HEIGHT = 64;

/** The waveform twice, one over the other: the upper one is cut where playing has come to (`--slider-fill`). */
export function WaveformTrack({ peaks }: { peaks: readonly number[] }) {
  const box = useRef<HTMLSpanElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    if (!box.current) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.round(entry?.contentRect.width ?? 0)));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  const path = width > 0 ? waveformPath(peaks, width, HEIGHT) : '';
  const bars = (part: string) => (
    <svg class={`waveform__bars waveform__bars--${part}`} width={width} height={HEIGHT} aria-hidden="true">
      <path d={path} fill="currentColor" />
    </svg>
  );
  return (
    <span ref={box} class="waveform" data-testid="waveform">
      {bars('all')}
      {bars('pointed')}
      {bars('played')}
    </span>
  );
}
