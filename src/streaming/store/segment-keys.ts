import { isFileMissing, type Storage } from '../../platform/storage/port.ts';
import { STREAM_FORMAT, type StreamRendition } from '../source.ts';

/** What says where a rendition is stored. */
export type Place = Pick<StreamRendition, 'id' | 'videoId'>;

/** Segments of another format, made by an older version, lie elsewhere and are never mixed in. */
export function hlsPrefix(rendition: Place): string {
  return `videos/${rendition.videoId}/hls/${rendition.id}.${STREAM_FORMAT}/`;
}

export const segmentKey = (rendition: Place, index: number) => `${hlsPrefix(rendition)}${index}.m4s`;
export const initKey = (rendition: Place) => `${hlsPrefix(rendition)}init.mp4`;

/** A rendition's init segment in storage; null before the first encoder has written one. */
export const readInit = (storage: Pick<Storage, 'get'>, rendition: Place) => readOrNull(storage, initKey(rendition));

export async function readOrNull(storage: Pick<Storage, 'get'>, key: string): Promise<Buffer | null> {
  try {
    const { buffer, byteOffset, length } = await storage.get(key);
    return Buffer.from(buffer, byteOffset, length);
  } catch (error) {
    // Not by asking again whether it is there: somebody may have written it just now.
    if (isFileMissing(error)) return null;
    throw error;
  }
}
