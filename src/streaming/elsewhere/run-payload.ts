import { z } from 'zod';
import type { MediaInfo, Rendition } from '../../media/types.ts';
import type { StreamRendition, StreamSource, Timeline } from '../source.ts';

/**
 * One run as it is sent to a worker: everything it takes, since a worker has no database. Segments go straight to the storage,
 * which server and workers share. Both are of one version: what is within a track or a rendition is believed.
 */
export const RunPayload = z.object({
  /** Raised when an older worker could misunderstand what is below, where versions are not. */
  format: z.literal(1),
  version: z.string(),
  source: z.object({
    id: z.string(),
    videoId: z.string(),
    /** In the storage, or in place: then the same path leads to it on the worker's machine. */
    file: z.union([z.object({ key: z.string() }), z.object({ path: z.string(), sizeBytes: z.number().int() })]),
    info: z.custom<MediaInfo>(isMediaInfo),
    timeline: z.custom<Timeline>(isTimeline),
  }),
  renditions: z.array(z.object({ id: z.string(), spec: z.custom<Rendition>(isRendition) })).min(1),
  firstSegment: z.number().int().min(0),
  endSegment: z.number().int(),
  settings: z.object({ preset: z.string(), crf: z.number(), audioKbps: z.number() }),
});
export type RunPayload = z.infer<typeof RunPayload>;

const Shape = {
  info: z.looseObject({
    container: z.looseObject({ demuxer: z.string() }),
    video: z.array(z.looseObject({ index: z.number().int(), codec: z.string() })),
    audio: z.array(z.looseObject({ index: z.number().int(), channels: z.number().int() })),
  }),
  timeline: z.looseObject({
    ffmpegOriginSec: z.number(),
    durationUs: z.number(),
    source: z.looseObject({ boundariesUs: z.array(z.number()), keysUs: z.array(z.number()) }).nullable(),
    regularUs: z.array(z.number()),
  }),
  rendition: z.looseObject({
    kind: z.enum(['video', 'audio']),
    trackIndex: z.number().int(),
    codec: z.string(),
    grid: z.enum(['source', 'regular']),
  }),
};

function isMediaInfo(value: unknown): boolean {
  return Shape.info.safeParse(value).success;
}
function isTimeline(value: unknown): boolean {
  return Shape.timeline.safeParse(value).success;
}
function isRendition(value: unknown): boolean {
  return Shape.rendition.safeParse(value).success;
}

/** What `makeRun` encodes, once it knows where the source is here. */
export function streamOf(payload: RunPayload, path: string): { source: StreamSource; renditions: StreamRendition[] } {
  const { id, videoId, info, timeline } = payload.source;
  return {
    source: { id, videoId, path, info, timeline },
    renditions: payload.renditions.map((rendition) => ({ ...rendition, videoId })),
  };
}
