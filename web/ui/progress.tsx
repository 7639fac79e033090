import './progress.css';

interface ProgressProps {
  /** 0 to 100; null while nobody knows how long it takes. */
  percent: number | null;
  label: string;
  tone?: 'accent' | 'bad' | 'idle';
}

export function ProgressBar({ percent, label, tone = 'accent' }: ProgressProps) {
  return (
    <div
      class={`progress progress--${percent === null ? 'unknown' : tone}`}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent === null ? undefined : Math.round(percent)}
    >
      <span class="progress__fill" style={{ inlineSize: `${percent ?? 30}%` }} />
    </div>
  );
}
