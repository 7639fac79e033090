import type { PlaybackWire } from '../../src/features/videos/api.ts';

/** What we take a connection to carry before it has been measured: a home network. */
export const START_BITS_PER_SECOND = 8_000_000;

/** So much has to lie ahead of the start: playing goes on while the encoder stays in front. */
const AHEAD_MS = 30_000;

interface Start {
  startMs: number;
  durationMs: number | null;
  /** Whether the browser decodes this RFC 6381 codec when it is fed by hls.js. */
  canDecode: (codec: string) => boolean;
  /** As the browser estimates it; null where it doesn't say. */
  bitsPerSecond: number | null;
  saveData: boolean;
}

/**
 * Whether to begin with the original rather than with Auto, which would first wait for an encoder: a copied segment is
 * there at once. The original cannot be switched down, so it is only for connections that should carry it.
 */
export function startsWithOriginal(playback: PlaybackWire, start: Start): boolean {
  const videos = playback.renditions.filter((one) => one.kind === 'video');
  const original = videos.find((one) => one.mode === 'copied');
  if (!playback.original || !original || start.saveData) return false;
  if (original.bitrateKbps * 1000 > Math.min(START_BITS_PER_SECOND, start.bitsPerSecond ?? START_BITS_PER_SECOND)) {
    return false;
  }
  return start.canDecode(original.codec) && !videos.some((one) => one.mode === 'encoded' && isAhead(one, start));
}

/** Encoders begin at the beginning, so that a share of the segments is a share of the time. */
function isAhead({ filledPercent }: { filledPercent: number }, { startMs, durationMs }: Start): boolean {
  if (filledPercent >= 100) return true;
  return durationMs !== null && (filledPercent / 100) * durationMs >= startMs + AHEAD_MS;
}

/** What this browser has to say to the question above. */
export function browserStart(startMs: number, durationMs: number | null): Start {
  const { connection } = navigator as { connection?: { downlink?: number; saveData?: boolean } };
  // Chromium rounds, and never says more than 10.
  const downlinkMbps = connection?.downlink ?? null;
  return {
    startMs,
    durationMs,
    canDecode,
    bitsPerSecond: downlinkMbps === null ? null : downlinkMbps * 1_000_000,
    saveData: connection?.saveData ?? false,
  };
}

function canDecode(codec: string): boolean {
  // Where the browser plays HLS itself there is no quality menu, and so no way back from the original.
  if (typeof MediaSource === 'undefined' || 'WebKitPlaybackTargetAvailabilityEvent' in window) return false;
  return MediaSource.isTypeSupported(`video/mp4; codecs="${codec}"`);
}
