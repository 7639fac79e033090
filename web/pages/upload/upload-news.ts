import type { VideoWire } from '../../../src/features/videos/api.ts';
import { bytesText, durationText } from '../../lib/i18n/format.ts';
import { t } from '../../lib/i18n/translate.ts';
import { encodeProgress } from '../../lib/live/follow.ts';
import type { UploadEntry } from '../../uploads/upload-entry.ts';

export interface News {
  title: string;
  detail: string | null;
  percent: number | null;
  tone: 'accent' | 'idle' | 'bad';
}

/** One line about a file: first its bytes, then its encoding. */
export function uploadNews(entry: UploadEntry, video: VideoWire | null): News {
  const percent = entry.file.size > 0 ? (entry.sentBytes.value / entry.file.size) * 100 : 0;
  switch (entry.phase.value) {
    case 'queued':
      return { title: t('upload.phase.queued'), detail: null, percent, tone: 'idle' };
    case 'sending':
      return { title: t('upload.phase.sending'), detail: sendingDetail(entry), percent, tone: 'accent' };
    case 'paused':
      return { title: t('upload.phase.paused'), detail: null, percent, tone: 'idle' };
    case 'waiting':
      return { title: t('upload.phase.waiting'), detail: t('upload.phase.waitingDetail'), percent, tone: 'idle' };
    case 'finishing':
      return { title: t('upload.phase.finishing'), detail: null, percent: null, tone: 'accent' };
    case 'failed':
      return { title: t('upload.phase.failed'), detail: entry.error.value, percent, tone: 'bad' };
    case 'done':
      return encodingNews(video);
  }
}

function sendingDetail(entry: UploadEntry): string {
  const parts = [t('upload.of', { sent: bytesText(entry.sentBytes.value), size: bytesText(entry.file.size) })];
  const speed = entry.bytesPerSecond.value;
  const etaMs = entry.etaMs.value;
  if (speed !== null) parts.push(t('upload.speed', { speed: bytesText(speed) }));
  if (etaMs !== null) parts.push(t('upload.eta', { time: durationText(etaMs) }));
  return parts.join(' · ');
}

export function encodingNews(video: VideoWire | null): News {
  if (video?.state === 'failed') {
    return { title: t('upload.phase.refused'), detail: video.failure, percent: 100, tone: 'bad' };
  }
  if (!video?.playable) return { title: t('upload.phase.probing'), detail: null, percent: null, tone: 'accent' };
  const percent = video.encodePercent;
  if (video.state === 'ready' || percent === null || percent >= 100) {
    return { title: t('upload.phase.ready'), detail: null, percent: 100, tone: 'accent' };
  }
  const etaMs = encodeProgress.value.get(video.id)?.etaMs ?? null;
  const left = etaMs === null ? '' : ` · ${t('upload.eta', { time: durationText(etaMs) })}`;
  return {
    title: t('upload.phase.encoding'),
    detail: t('upload.phase.encodingDetail') + left,
    percent,
    tone: 'accent',
  };
}
