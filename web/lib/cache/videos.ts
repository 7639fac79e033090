import { type Signal, signal } from '@preact/signals';
import type { VideoWire } from '../../../src/features/videos/api.ts';
import { deleteVideo, fetchVideo, restoreVideo } from '../api/videos.ts';
import { refresh } from './resource.ts';

// Every card of a video, on whatever page, shows the newest that is known of it.
const newest = new Map<string, Signal<VideoWire>>();

/** Ids the person has just deleted: lists leave them out at once, and show them again on undo. */
export const removedIds = signal<ReadonlySet<string>>(new Set());

function held(video: VideoWire): Signal<VideoWire> {
  let known = newest.get(video.id);
  if (!known) newest.set(video.id, (known = signal(video)));
  return known;
}

/** Takes what the server just sent as the newest. */
export function rememberVideos<T extends VideoWire | VideoWire[]>(videos: T): T {
  for (const video of Array.isArray(videos) ? videos : [videos]) held(video).value = video;
  return videos;
}

/** The newest of a video; reading it in a component keeps the component up to date. */
export function newestOf(video: VideoWire): VideoWire {
  return held(video).value;
}

export function patchVideo(id: string, patch: Partial<VideoWire>): void {
  const known = newest.get(id);
  if (known) known.value = { ...known.peek(), ...patch };
}

export function knownVideo(id: string): VideoWire | undefined {
  return newest.get(id)?.peek();
}

const EVERY_MS = 500;
/** Videos read just now; true where an event came meanwhile, so that they are read once more. */
const resting = new Map<string, boolean>();

/** Reads one video again: at once, and then at most every half second, since events about it come in bursts. */
export function refetchVideo(id: string): void {
  if (!newest.has(id)) return;
  if (resting.has(id)) {
    resting.set(id, true);
    return;
  }
  resting.set(id, false);
  void readAgain(id);
  setTimeout(() => {
    const again = resting.get(id);
    resting.delete(id);
    if (again) refetchVideo(id);
  }, EVERY_MS);
}

async function readAgain(id: string): Promise<void> {
  try {
    rememberVideos((await fetchVideo(id)).video);
  } catch {
    // Gone or not ours any more: the lists are refreshed by their own events.
  }
}

export async function removeVideo(id: string): Promise<void> {
  await deleteVideo(id);
  removedIds.value = new Set([...removedIds.value, id]);
}

export async function bringBackVideo(id: string): Promise<void> {
  rememberVideos((await restoreVideo(id)).video);
  removedIds.value = new Set([...removedIds.value].filter((other) => other !== id));
  refresh('videos');
}
