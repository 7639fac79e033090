import { dashManifest } from '../../media/manifest/dash.ts';
import { keyFramePlaylist, mediaPlaylist, multivariantPlaylist } from '../../media/manifest/hls.ts';
import type { AudioRendition, VideoRendition } from '../../media/types.ts';
import { keyFrameTimesUs } from '../../streaming/packager/key-frames.ts';
import { boundariesOf, type StreamRendition } from '../../streaming/source.ts';
import { hasText, type LabelledCaption } from '../captions/queries.ts';
import type { VideoStream } from '../videos/streams.queries.ts';

/** Manifests of one video, all derived from its renditions, none stored. URIs are relative to the video's media URL. */

type Of<S> = { id: string; spec: S };

function split({ renditions }: VideoStream, original: boolean) {
  const video = renditions.filter(
    (r): r is VideoStream['renditions'][number] & Of<VideoRendition> => r.spec.kind === 'video',
  );
  const audio = renditions.filter(
    (r): r is VideoStream['renditions'][number] & Of<AudioRendition> => r.spec.kind === 'audio',
  );
  return { video: video.filter(({ spec }) => spec.alone === original), audio };
}

/** The switching set; or, with `original`, the untouched original alone. Null where there is no such thing. */
export function multivariant(
  stream: VideoStream,
  captions: readonly LabelledCaption[],
  original: boolean,
  /** Ids of the renditions whose key frames are all there. */
  withKeyFrames: ReadonlySet<string>,
): string | null {
  const { video, audio } = split(stream, original);
  if (original && video.length === 0) return null;
  const uri = (rendition: StreamRendition) => `${rendition.id}/index.m3u8`;
  return multivariantPlaylist({
    video: video.map((rendition) => ({ rendition: rendition.spec, uri: uri(rendition) })),
    audio: audio.map((rendition) => ({ rendition: rendition.spec, uri: uri(rendition) })),
    captions: texts(captions).map((caption) => ({ ...caption, uri: `captions/${caption.id}/index.m3u8` })),
    keyFrames: video
      .filter(({ id }) => withKeyFrames.has(id))
      .map(({ id, spec }) => ({
        rendition: spec,
        uri: `${id}/key-frames.m3u8`,
        // A key frame weighs no more than the segment it begins, and is shown for as long.
        bitrateKbps: spec.keyFrames?.bitrateKbps ?? spec.bitrateKbps,
        peakKbps: spec.keyFrames?.peakKbps ?? spec.peakKbps,
      })),
  });
}

/** The picture with a caption drawn into it, and all that can be heard. */
export function burntMultivariant(stream: VideoStream, rendition: StreamRendition): string | null {
  if (rendition.spec.kind !== 'video') return null;
  const { audio } = split(stream, false);
  return multivariantPlaylist({
    video: [{ rendition: rendition.spec, uri: `${rendition.id}/index.m3u8` }],
    audio: audio.map((sound) => ({ rendition: sound.spec, uri: `${sound.id}/index.m3u8` })),
  });
}

/** The captions that go into manifests: all that exist as text. */
function texts(captions: readonly LabelledCaption[]) {
  return captions
    .filter(({ row }) => hasText(row))
    .map(({ row: { id, language, isDefault, isForced, isSdh }, label }) => ({
      id,
      name: label,
      language,
      isForced,
      isSdh,
      // A track for the few foreign words is not the one that everybody reads.
      isDefault: isDefault && !isForced,
    }));
}

export function playlist(stream: VideoStream, rendition: StreamRendition): string {
  return mediaPlaylist({
    boundariesUs: boundariesOf(stream.source.timeline, rendition.spec.grid),
    initUri: 'init.mp4',
    segmentUri: (index) => `${index}.m4s`,
    ended: true,
  });
}

/** The playlist of a rendition's key frames alone. */
export function keyFrames(stream: VideoStream, rendition: StreamRendition): string {
  return keyFramePlaylist({
    timesUs: keyFrameTimesUs(stream.source, rendition),
    initUri: 'init.mp4',
    keyFrameUri: (index) => `k${index}.m4s`,
  });
}

export function dash(stream: VideoStream, captions: readonly LabelledCaption[]): string {
  const { video, audio } = split(stream, false);
  const entry = <S extends VideoRendition | AudioRendition>(rendition: Of<S>) => ({
    id: rendition.id,
    rendition: rendition.spec,
    boundariesUs: boundariesOf(stream.source.timeline, rendition.spec.grid),
    initUri: `${rendition.id}/init.mp4`,
    segmentUri: `${rendition.id}/$Number$.m4s`,
  });
  return dashManifest({
    durationUs: stream.source.timeline.durationUs,
    video: video.map(entry),
    audio: audio.map(entry),
    captions: texts(captions).map((caption) => ({ ...caption, uri: `captions/${caption.id}.vtt` })),
  });
}
