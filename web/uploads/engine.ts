import type { Upload } from 'tus-js-client';
import type { VideoWire } from '../../src/features/videos/api.ts';
import { ApiProblem, problemText } from '../lib/api/client.ts';
import { completeUpload, initUpload } from '../lib/api/videos.ts';
import { serverUrl } from '../lib/base.ts';
import { refresh } from '../lib/cache/resource.ts';
import { knownVideo, rememberVideos, removeVideo } from '../lib/cache/videos.ts';
import { onReachableAgain, reportUnreachable } from '../lib/connection.ts';
import { bytesText } from '../lib/i18n/format.ts';
import { t } from '../lib/i18n/translate.ts';
import { instance } from '../lib/session.ts';
import { createRate } from './rate.ts';
import { newUploadEntry, type UploadEntry } from './upload-entry.ts';
import { uploads } from './upload-totals.ts';

const AT_ONCE = 2;
const CHUNK_BYTES = 32 * 1024 * 1024;
const RETRY_DELAYS_MS = [0, 1000, 3000, 5000, 10_000];
const LOST_CONNECTION_RETRY_MS = 15_000;

interface Slot {
  tus?: Upload;
  retry?: ReturnType<typeof setTimeout>;
}
const running = new Map<number, Slot>();
/** Uploads that the server is being told of: its answer is the address their bytes go to. */
const announcing = new Map<number, Promise<string>>();

/** Takes files in: each gets its video at once, so that its form can be filled in while the bytes go. */
export function addFiles(files: Iterable<File>): void {
  const entries = [...files].map((file) => newUploadEntry(file, null));
  uploads.value = [...entries, ...uploads.value];
  for (const entry of entries) {
    const reason = whyNot(entry.file);
    if (reason) fail(entry, reason);
  }
  next();
}

/** Goes on with an upload from before: `video` is in state "uploading", `file` the same file chosen again. */
export function continueUpload(video: VideoWire, file: File): void {
  uploads.value = [newUploadEntry(file, video), ...uploads.value];
  next();
}

export function pause(entry: UploadEntry): void {
  entry.phase.value = 'paused';
  stop(entry);
  next();
}

export function resume(entry: UploadEntry): void {
  entry.error.value = null;
  entry.phase.value = 'queued';
  next();
}

/** Stops it and tells the server to forget what it has of it. */
export async function cancel(entry: UploadEntry): Promise<void> {
  stop(entry);
  const announced = announcing.get(entry.key);
  if (announced) {
    // Nobody waits for an answer that is only wanted to take it back.
    dismiss(entry);
    // What the server never heard of leaves nothing behind.
    await announced.catch(() => {});
  }
  const video = entry.video.value;
  if (video) await removeVideo(video.id);
  dismiss(entry);
}

export function dismiss(entry: UploadEntry): void {
  uploads.value = uploads.value.filter((other) => other !== entry);
  next();
}

function whyNot(file: File): string | null {
  const limit = instance.value?.maxUploadBytes ?? 0;
  if (file.size === 0) return t('upload.error.empty');
  if (limit > 0 && file.size > limit) return t('upload.error.tooBig', { limit: bytesText(limit) });
  return null;
}

function next(): void {
  // Oldest first: the list shows the newest on top.
  for (const entry of [...uploads.value].reverse()) {
    if (running.size >= AT_ONCE) return;
    if (entry.phase.value === 'queued' && !running.has(entry.key)) void send(entry);
  }
}

async function send(entry: UploadEntry): Promise<void> {
  const slot: Slot = {};
  running.set(entry.key, slot);
  entry.phase.value = 'sending';
  try {
    const [tus, url] = await Promise.all([import('tus-js-client'), uploadUrlOf(entry)]);
    // Paused, given up or lost meanwhile: whoever goes on with it has a slot of their own.
    if (running.get(entry.key) !== slot) return;
    const rate = createRate();
    slot.tus = new tus.Upload(entry.file, {
      uploadUrl: url,
      chunkSize: CHUNK_BYTES,
      retryDelays: RETRY_DELAYS_MS,
      storeFingerprintForResuming: false,
      onProgress(sent, total) {
        rate.add(performance.now(), sent);
        entry.phase.value = 'sending';
        entry.sentBytes.value = sent;
        entry.bytesPerSecond.value = rate.bytesPerSecond();
        entry.etaMs.value = rate.etaMs(total - sent);
      },
      onShouldRetry(error) {
        if (isRefusal(statusOf(error)) || !navigator.onLine) return false;
        // It is tried again in a moment. Until then the truth is that nothing goes.
        showLost(entry);
        return true;
      },
      onSuccess: () => void finish(entry),
      onError: (error) => onLost(entry, error),
    });
    slot.tus.start();
  } catch (error) {
    if (running.get(entry.key) === slot) onLost(entry, error);
  }
}

/** Announces an upload once, also where it is paused and gone on with before the server has answered. */
function uploadUrlOf(entry: UploadEntry): Promise<string> {
  const video = entry.video.value;
  if (video) return Promise.resolve(serverUrl(`api/uploads/${video.id}`));
  let announced = announcing.get(entry.key);
  if (!announced) {
    announced = announce(entry).finally(() => announcing.delete(entry.key));
    announcing.set(entry.key, announced);
  }
  return announced;
}

async function announce(entry: UploadEntry): Promise<string> {
  const reply = await initUpload({ filename: entry.file.name, sizeBytes: entry.file.size });
  entry.video.value = rememberVideos(reply.video);
  return serverUrl(reply.upload.url);
}

async function finish(entry: UploadEntry): Promise<void> {
  entry.phase.value = 'finishing';
  entry.sentBytes.value = entry.file.size;
  try {
    const { video } = await completeUpload(entry.video.value!.id);
    // The news that it can be watched may have overtaken this answer.
    const isPlayable = video.playable || knownVideo(video.id)?.playable === true;
    entry.video.value = rememberVideos({ ...video, playable: isPlayable });
    entry.phase.value = 'done';
    refresh('videos');
  } catch (error) {
    onLost(entry, error);
    return;
  }
  stop(entry);
  next();
}

/** A lost connection heals by itself; anything the server refused needs a person. */
function onLost(entry: UploadEntry, error: unknown): void {
  const status = statusOf(error);
  const slot = running.get(entry.key);
  if (!slot || entry.phase.value === 'paused') return;
  if (isRefusal(status)) {
    fail(entry, status === 404 ? t('upload.error.gone') : serverWords(error));
    return;
  }
  showLost(entry);
  const again = () => {
    removeEventListener('online', again);
    forget();
    clearTimeout(slot.retry);
    if (entry.phase.value !== 'waiting') return;
    stop(entry);
    entry.phase.value = 'queued';
    next();
  };
  addEventListener('online', again);
  const forget = onReachableAgain(again);
  if (status === 0) reportUnreachable();
  slot.retry = setTimeout(again, LOST_CONNECTION_RETRY_MS);
}

function showLost(entry: UploadEntry): void {
  entry.phase.value = 'waiting';
  entry.bytesPerSecond.value = null;
  entry.etaMs.value = null;
}

/** An answer that trying again would not change. 423 and 409: another connection still holds the upload. */
function isRefusal(status: number): boolean {
  return status !== 0 && status < 500 && status !== 423 && status !== 409;
}

interface TusFailure {
  originalResponse?: { getStatus(): number; getBody(): string } | null;
}

function statusOf(error: unknown): number {
  if (error instanceof ApiProblem) return error.status;
  return (error as TusFailure | null)?.originalResponse?.getStatus() ?? 0;
}

function serverWords(error: unknown): string {
  if (error instanceof ApiProblem) return problemText(error);
  try {
    return (JSON.parse((error as TusFailure).originalResponse?.getBody() ?? '') as { detail: string }).detail;
  } catch {
    return t('upload.error.refused');
  }
}

function fail(entry: UploadEntry, reason: string): void {
  entry.error.value = reason;
  entry.phase.value = 'failed';
  stop(entry);
  next();
}

function stop(entry: UploadEntry): void {
  const slot = running.get(entry.key);
  running.delete(entry.key);
  clearTimeout(slot?.retry);
  void slot?.tus?.abort();
  entry.bytesPerSecond.value = null;
  entry.etaMs.value = null;
}

// A request that is on its way hangs for minutes when the network goes: better to say so, and to begin anew when it is back.
addEventListener('offline', () => {
  for (const entry of uploads.value) {
    if (entry.phase.value !== 'sending') continue;
    void running.get(entry.key)?.tus?.abort();
    onLost(entry, null);
  }
});

// Leaving the page would stop what is on its way: the browser asks whether that is meant.
addEventListener('beforeunload', (event) => {
  if (running.size > 0) event.preventDefault();
});
