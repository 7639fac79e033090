import type { MediaPlayerElement } from 'vidstack/elements';
import type { CaptionWire } from '../../src/features/captions/api.ts';

const isCaption = ({ kind }: { kind: string }) => kind === 'subtitles' || kind === 'captions';

/**
 * Shows one track as text, or none. Where the browser plays HLS itself it has read the tracks out of the playlist; elsewhere
 * we load the file, and hls.js is told to leave its own alone: they would be in the list twice.
 */
export function showText(player: MediaPlayerElement, caption: CaptionWire | null): void {
  const own = caption && (textTrack(player, caption) ?? addText(player, caption));
  for (const track of player.textTracks) {
    if (isCaption(track)) track.mode = track === own ? 'showing' : 'disabled';
  }
}

function textTrack(player: MediaPlayerElement, { vtt, label }: CaptionWire) {
  const tracks = [...player.textTracks].filter(isCaption);
  const loaded = tracks.find(({ id }) => id === vtt);
  if (loaded || !player.preferNativeHLS) return loaded ?? null;
  return tracks.find((track) => track.label === label) ?? null;
}

function addText(player: MediaPlayerElement, { vtt, kind, label, language }: CaptionWire) {
  player.textTracks.add({ id: vtt!, src: vtt!, type: 'vtt', kind, label, language: language ?? '' });
  return player.textTracks.getById(vtt!);
}
