/** HLS media playlists of WebVTT segments (RFC 8216bis section 3.1.4). */

/**
 * Captions are small: their segments are longer than the picture's, and end where some of its do. Playlists of subtitles may
 * have a target duration of their own (6.2.4).
 */
const SEGMENT_US = 60e6;

/** n + 1 times in microseconds for n caption segments, each on one of the shared boundaries. */
export function captionBoundaries(boundariesUs: readonly number[]): number[] {
  const kept: number[] = [];
  for (const at of boundariesUs.slice(0, -1)) if (kept.length === 0 || at - kept.at(-1)! >= SEGMENT_US) kept.push(at);
  return [...kept, boundariesUs.at(-1)!];
}

export function captionPlaylist(boundariesUs: readonly number[]): string {
  const durationsUs = boundariesUs.slice(1).map((end, n) => Math.round(end) - Math.round(boundariesUs[n]!));
  const lines = [
    '#EXTM3U',
    '#EXT-X-VERSION:7',
    `#EXT-X-TARGETDURATION:${Math.max(1, Math.ceil(Math.max(...durationsUs) / 1e6))}`,
    '#EXT-X-MEDIA-SEQUENCE:0',
    '#EXT-X-PLAYLIST-TYPE:VOD',
    ...durationsUs.flatMap((us, n) => [`#EXTINF:${(us / 1e6).toFixed(6)},`, `${n}.vtt`]),
    '#EXT-X-ENDLIST',
  ];
  return `${lines.join('\n')}\n`;
}
