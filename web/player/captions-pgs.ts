import { PgsRenderer } from 'libpgs';
import workerUrl from 'libpgs/dist/libpgs.worker.js?url';
import type { CaptionWire } from '../../src/features/captions/api.ts';

const absolute = (url: string) => new URL(url, document.baseURI).href;

/** Draws a Blu-ray's picture subtitles over the picture. Resolves with the way to stop; rejects where they cannot be read. */
export async function drawPgs(video: HTMLVideoElement, caption: CaptionWire): Promise<() => void> {
  const response = await fetch(absolute(caption.url!));
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  const drawing = new PgsRenderer({ video, workerUrl: absolute(workerUrl), aspectRatio: 'contain' });
  try {
    await drawing.loadFromBuffer(await response.arrayBuffer());
  } catch (error) {
    drawing.dispose();
    throw error;
  }
  // It believes to have drawn the first picture before it has drawn any: outside of all times it learns better.
  drawing.renderAtTimestamp(-1);
  drawing.renderAtTimestamp(video.currentTime);
  const stopFollowing = followFrames(video, (seconds) => drawing.renderAtTimestamp(seconds));
  return () => {
    stopFollowing();
    drawing.dispose();
  };
}

/** Tells the time of each frame; by itself libpgs looks four times a second, which people see. */
function followFrames(video: HTMLVideoElement, tell: (seconds: number) => void): () => void {
  if (!('requestVideoFrameCallback' in video)) return () => {};
  let handle = 0;
  const next = (_now: number, { mediaTime }: VideoFrameCallbackMetadata) => {
    tell(mediaTime);
    handle = video.requestVideoFrameCallback(next);
  };
  handle = video.requestVideoFrameCallback(next);
  return () => video.cancelVideoFrameCallback(handle);
}
