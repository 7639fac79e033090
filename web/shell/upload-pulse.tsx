import './upload-pulse.css';
import { appPath } from '../lib/base.ts';
import { percentText } from '../lib/i18n/format.ts';
import { t } from '../lib/i18n/translate.ts';
import { uploadTotals } from '../uploads/upload-totals.ts';

/** A small ring in the top bar while files are on their way, wherever in the app one is. */
export function UploadPulse() {
  const { active, percent } = uploadTotals.value;
  if (active === 0) return null;
  const text = t('upload.pulse', { count: active, percent: percentText(percent) });
  return (
    <a class="upload-pulse" href={appPath('/upload')} aria-label={text} title={text} data-testid="upload-pulse">
      <svg width="26" height="26" viewBox="0 0 26 26" aria-hidden="true">
        <circle class="upload-pulse__track" cx="13" cy="13" r="10.5" />
        <circle
          class="upload-pulse__fill"
          cx="13"
          cy="13"
          r="10.5"
          pathLength={100}
          stroke-dasharray={`${percent} 100`}
        />
      </svg>
      <span>{percentText(percent)}</span>
    </a>
  );
}
