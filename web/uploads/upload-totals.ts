import { computed, signal } from '@preact/signals';
import type { UploadEntry } from './upload-entry.ts';

/** Every upload this tab knows of, newest first. The list outlives the upload page. */
export const uploads = signal<UploadEntry[]>([]);

/** For the top bar, which must not load the upload engine to say that there is nothing to say. */
export const uploadTotals = computed(() => {
  const moving = uploads.value.filter((entry) => {
    const phase = entry.phase.value;
    return phase === 'queued' || phase === 'sending' || phase === 'waiting' || phase === 'paused';
  });
  const size = moving.reduce((sum, entry) => sum + entry.file.size, 0);
  const sent = moving.reduce((sum, entry) => sum + entry.sentBytes.value, 0);
  return { active: moving.length, percent: size > 0 ? (sent / size) * 100 : 0 };
});
