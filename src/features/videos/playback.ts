import type { App } from '../../ports.ts';
import { segmentCount } from '../../streaming/source.ts';
import type { Viewer } from '../accounts/viewer.ts';
import { captionWires } from '../captions/queries.ts';
import type { PlaybackWire, RenditionWire } from './api.ts';
import { mediaBase } from './media-urls.queries.ts';
import type { VideoRow } from './queries.ts';
import { findStream, type VideoStream } from './streams.queries.ts';

/** Where and how this viewer can play a video; null until it has been probed. */
export async function findPlayback(app: App, viewer: Viewer, video: VideoRow): Promise<PlaybackWire | null> {
  const stream = video.state === 'failed' ? null : findStream(app, video.id);
  if (!stream) return null;
  const { url, expiresAtMs } = mediaBase(app, viewer, video);
  const hasOriginal = stream.renditions.some(({ spec }) => spec.kind === 'video' && spec.alone);
  return {
    hls: `${url}/master.m3u8`,
    dash: `${url}/manifest.mpd`,
    original: hasOriginal ? `${url}/original.m3u8` : null,
    poster: video.imageSet ? `${url}/images/${video.posterSet ?? video.imageSet}/poster` : null,
    storyboard: video.storyboardSheets > 0 ? `${url}/images/${video.imageSet}/storyboard.vtt` : null,
    sound: video.hasPicture === false ? soundOf(stream, video, url) : null,
    captions: captionWires(app.db.orm, video.id, url),
    renditions: await Promise.all(stream.renditions.map((rendition) => renditionWire(app, stream, rendition))),
    expiresAtMs,
  };
}

function soundOf({ source }: VideoStream, video: VideoRow, url: string): PlaybackWire['sound'] {
  const { title, artist, album } = source.info;
  const waveform = video.waveformSet ? `${url}/images/${video.waveformSet}/waveform.json` : null;
  return { title, artist: artist ?? null, album: album ?? null, waveform };
}

async function renditionWire(
  app: App,
  { source, loudness }: VideoStream,
  rendition: VideoStream['renditions'][number],
): Promise<RenditionWire> {
  const { id, spec } = rendition;
  const stored = spec.mode === 'copied' ? null : (await app.streaming.store.present(rendition)).size;
  const count = segmentCount(source.timeline, spec.grid);
  return {
    id,
    kind: spec.kind,
    label: spec.label,
    mode: spec.mode,
    why: spec.why,
    codec: spec.codecString,
    width: spec.kind === 'video' ? spec.width : null,
    height: spec.kind === 'video' ? spec.height : null,
    frameRate: spec.kind === 'video' ? spec.frameRate : null,
    bitrateKbps: spec.bitrateKbps,
    language: spec.kind === 'audio' ? spec.language : null,
    loudness: spec.kind === 'audio' ? (loudness[spec.trackIndex] ?? null) : null,
    filledPercent: stored === null ? 100 : Math.floor((100 * stored) / count),
  };
}
