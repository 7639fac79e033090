import type { ImportWire } from '../../../src/features/imports/api.ts';
import type { VideoWire } from '../../../src/features/videos/api.ts';
import { bytesText, durationText } from '../../lib/i18n/format.ts';
import { t } from '../../lib/i18n/translate.ts';
import { encodingNews, type News } from './upload-news.ts';

/** One line about a link: first its bytes, then its encoding. */
export function importNews(video: VideoWire, link: ImportWire | null, bytesPerSecond: number | null): News {
  if (link === null && video.state !== 'uploading') return encodingNews(video);
  const percent = video.sizeBytes > 0 ? ((video.receivedBytes ?? 0) / video.sizeBytes) * 100 : null;
  if (link?.state === 'failed') {
    return { title: t('upload.phase.failed'), detail: link.note, percent: 100, tone: 'bad' };
  }
  if (link?.nextTryAtMs) {
    const again = t('import.nextTry', { time: durationText(Math.max(1000, link.nextTryAtMs - Date.now())) });
    return {
      title: t('import.phase.later'),
      detail: `${link.note ?? ''} ${again}`,
      percent: percent ?? 0,
      tone: 'idle',
    };
  }
  if (link?.state !== 'fetching') {
    return { title: t('upload.phase.queued'), detail: link?.note ?? null, percent: percent ?? 0, tone: 'idle' };
  }
  return { title: t('import.phase.fetching'), detail: progressText(video, bytesPerSecond), percent, tone: 'accent' };
}

function progressText({ receivedBytes, sizeBytes }: VideoWire, bytesPerSecond: number | null): string {
  const received = receivedBytes ?? 0;
  const sent = bytesText(received);
  const parts = [sizeBytes > 0 ? t('upload.of', { sent, size: bytesText(sizeBytes) }) : sent];
  if (bytesPerSecond) {
    parts.push(t('upload.speed', { speed: bytesText(bytesPerSecond) }));
    if (sizeBytes > received) {
      parts.push(t('upload.eta', { time: durationText(((sizeBytes - received) / bytesPerSecond) * 1000) }));
    }
  }
  return parts.join(' · ');
}
