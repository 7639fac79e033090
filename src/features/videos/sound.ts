import { newId } from '../../core/ids.ts';
import { HOUR_MS } from '../../core/time.ts';
import { soundArgv } from '../../media/encode/argv-sound.ts';
import { readLoudness } from '../../media/sound/loudness.ts';
import { collectPeaks } from '../../media/sound/waveform.ts';
import type { App } from '../../ports.ts';
import { findVideo } from './queries.ts';
import { setSound } from './service.ts';
import { findStream } from './streams.queries.ts';

/**
 * Listens to a video once: how loud its tracks are, which the player evens out, and for sound alone the waveform it is shown
 * by. Pictures are not decoded.
 */
export async function measureSound(app: App, videoId: string, signal: AbortSignal): Promise<void> {
  const stream = findStream(app, videoId);
  const video = findVideo(app.db.orm, videoId);
  if (!stream || !video || stream.source.info.audio.length === 0) return;
  const { id: sourceId, path, info, timeline } = stream.source;
  const alone = info.video.length === 0;
  const argv = soundArgv({
    path,
    demuxer: info.container.demuxer,
    tracks: info.audio,
    waveform: alone ? { fd: 3 } : null,
  });
  const run = app.ffmpeg.start(argv, { signal, timeoutMs: 2 * HOUR_MS, pipes: alone ? 1 : 0 });
  const peaks = collectPeaks(timeline.durationUs / 1e6);
  for await (const piece of run.pipes[0] ?? []) peaks.add(piece as Buffer);
  await run.done;
  const waveformSet = alone ? newId(8) : null;
  if (waveformSet) {
    const json = Buffer.from(JSON.stringify(peaks.end()));
    await app.storage.put(`videos/${videoId}/images/${waveformSet}/waveform.json`, json);
  }
  app.db.write((tx) => setSound(app, tx, videoId, { sourceId, loudness: readLoudness(run.log()), waveformSet }));
  if (video.waveformSet) await app.storage.deletePrefix(`videos/${videoId}/images/${video.waveformSet}/`);
}
