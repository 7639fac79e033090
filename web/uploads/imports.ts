import { signal } from '@preact/signals';
import type { ImportReply } from '../../src/features/imports/api.ts';
import type { VideoWire } from '../../src/features/videos/api.ts';
import { listImports, retryImport, startImport } from '../lib/api/imports.ts';
import { refresh } from '../lib/cache/resource.ts';
import { rememberVideos } from '../lib/cache/videos.ts';
import { onLive } from '../lib/live/follow.ts';

/** Links that the server fetches. It does the work: closing the page stops nothing. */

/** Every video whose link was seen being fetched during this visit, newest first. What has arrived stays in the list. */
export const fetched = signal<VideoWire[]>([]);
/** Bytes a second, by video. */
export const fetchSpeeds = signal<ReadonlyMap<string, number | null>>(new Map());

const SOON_MS = 250;
let isPending = false;

export async function fetchLink(url: string): Promise<void> {
  note((await startImport({ url })).video);
  refresh('imports');
}

export async function readImports(): Promise<ImportReply[]> {
  const { items } = await listImports();
  for (const { video } of items.toReversed()) note(video);
  return items;
}

export async function tryAgain(videoId: string): Promise<void> {
  rememberVideos((await retryImport(videoId)).video);
  refresh('imports');
}

export function dismissFetched(videoId: string): void {
  fetched.value = fetched.value.filter(({ id }) => id !== videoId);
}

function note(video: VideoWire): void {
  rememberVideos(video);
  if (!fetched.value.some(({ id }) => id === video.id)) fetched.value = [video, ...fetched.value];
}

onLive((message) => {
  if (message.type === 'upload.progress' && message.bytesPerSecond !== null) {
    fetchSpeeds.value = new Map(fetchSpeeds.value).set(message.videoId, message.bytesPerSecond);
  }
  const about = message.type === 'videos.changed' ? message.videoIds : 'videoId' in message ? [message.videoId] : [];
  if (message.type === 'upload.progress' || !fetched.value.some(({ id }) => about.includes(id))) return;
  // Events about one video come in bursts.
  if (isPending) return;
  isPending = true;
  setTimeout(() => {
    isPending = false;
    refresh('imports');
  }, SOON_MS);
});
