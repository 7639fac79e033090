import type { RenditionWire } from '../../src/features/videos/api.ts';

interface Playing {
  height: number;
  bitrate: number | null;
  codec: string | null;
}

/**
 * Which of the server's renditions a level of the playlist is: same height, same codec family, nearest bitrate. Levels of sound
 * alone have no height.
 */
export function renditionOf(playing: Playing | null, renditions: RenditionWire[]): RenditionWire | null {
  if (!playing) return null;
  const near = renditions.filter((one) =>
    playing.height ? one.kind === 'video' && one.height === playing.height : one.kind === 'audio',
  );
  const family = playing.codec?.split(/[.,]/)[0];
  const same = near.filter((one) => !family || one.codec.startsWith(family));
  const kbps = (playing.bitrate ?? 0) / 1000;
  const sorted = (same.length > 0 ? same : near).toSorted(
    (a, b) => Math.abs(a.bitrateKbps - kbps) - Math.abs(b.bitrateKbps - kbps),
  );
  return sorted[0] ?? null;
}

interface Track {
  label: string;
  language: string;
}

/** `codecs`: those of the level that plays; the original of a track may stand in for what was made of it. */
export function audioRenditionOf(
  track: Track | null,
  renditions: RenditionWire[],
  codecs: string | null = null,
): RenditionWire | null {
  const audio = renditions.filter((one) => one.kind === 'audio');
  const main = mainRenditionOf(track, audio);
  const names = codecs?.toLowerCase().split(',') ?? [];
  const isHeard = ({ label, codec }: RenditionWire) =>
    label.startsWith(`${main?.label} `) &&
    codec.split('.')[0] !== main?.codec.split('.')[0] &&
    names.some((name) => name.split('.')[0] === codec.toLowerCase().split('.')[0]);
  return audio.find(isHeard) ?? main;
}

function mainRenditionOf(track: Track | null, audio: RenditionWire[]): RenditionWire | null {
  if (!track) return audio.length === 1 ? (audio[0] ?? null) : null;
  return (
    audio.find((one) => one.label === track.label) ??
    audio.find((one) => one.language && one.language === track.language) ??
    (audio.length === 1 ? (audio[0] ?? null) : null)
  );
}
