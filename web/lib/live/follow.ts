import { effect, signal } from '@preact/signals';
import type { LiveMessage } from '../../../src/features/live/api.ts';
import { showToast } from '../../ui/toast.tsx';
import { refresh } from '../cache/resource.ts';
import { patchVideo, refetchVideo } from '../cache/videos.ts';
import { t } from '../i18n/translate.ts';
import { user, whoNow } from '../session.ts';
import { openLive } from './socket.ts';

export interface JobProgress {
  percent: number;
  etaMs: number | null;
}

/** Progress of running jobs, newer than what the lists say. */
export const jobProgress = signal<ReadonlyMap<string, JobProgress>>(new Map());
/** Where the encoding of a video stands, by video id. */
export const encodeProgress = signal<ReadonlyMap<string, JobProgress>>(new Map());

const listeners = new Set<(message: LiveMessage) => void>();

/** For what only one screen cares about. */
export function onLive(listener: (message: LiveMessage) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Listens while somebody is signed in; the server tells nothing to visitors. */
export function followLive(): void {
  effect(() => {
    if (!user.value) return;
    return openLive({ onMessage: react, onReconnect: () => refresh(), onDismissed: () => void askAgain() });
  });
}

/** Whoever has been signed out elsewhere is told, and does not go on with what they cannot do any more. */
async function askAgain(): Promise<void> {
  if ((await whoNow()) === null) showToast(t('account.ended'));
}

function react(message: LiveMessage): void {
  switch (message.type) {
    case 'upload.progress':
      patchVideo(message.videoId, { receivedBytes: message.receivedBytes, sizeBytes: message.sizeBytes });
      break;
    case 'video.playable':
      // Somebody waits for exactly this: it shows before the video has been read again.
      patchVideo(message.videoId, { playable: true });
      refetchVideo(message.videoId);
      soon(`video/${message.videoId}`);
      break;
    case 'job.progress':
      noteJobProgress(message);
      break;
    case 'job.changed':
    case 'jobs.changed':
      soon('jobs');
      break;
    case 'disk.changed':
      refresh('disk');
      soon('jobs');
      break;
    case 'notice.changed':
      soon('notices');
      break;
    case 'config.changed':
      soon('settings');
      break;
    case 'task.changed':
      soon('tasks');
      break;
    case 'user.changed':
      soon('users');
      break;
    case 'library.changed':
      soon('libraries');
      break;
    case 'video.added':
    case 'video.removed':
      soon('videos');
      soon('libraries');
      break;
    case 'videos.changed':
      // What is on screen is read again, lists and single videos, and not each of hundreds.
      soon('video');
      soon('libraries');
      break;
    default:
      refetchVideo(message.videoId);
      soon(`video/${message.videoId}`);
  }
  for (const listener of listeners) listener(message);
}

function noteJobProgress(message: Extract<LiveMessage, { type: 'job.progress' }>): void {
  const progress = { percent: message.percent, etaMs: message.etaMs };
  jobProgress.value = new Map(jobProgress.value).set(message.jobId, progress);
  if (message.videoId && message.lane === 'encode') {
    encodeProgress.value = new Map(encodeProgress.value).set(message.videoId, progress);
    patchVideo(message.videoId, { encodePercent: message.percent });
  }
}

const pending = new Map<string, ReturnType<typeof setTimeout>>();

/** A scan adds thousands of videos: one read a second is enough for anybody watching. */
function soon(prefix: string): void {
  if (pending.has(prefix)) return;
  pending.set(
    prefix,
    setTimeout(() => {
      pending.delete(prefix);
      refresh(prefix);
    }, 1000),
  );
}
