import type { AudioRendition, VideoRendition } from '../types.ts';
import { type AudioGroup, type AudioMember, audioGroups } from './audio-groups.ts';

/**
 * HLS playlists (RFC 8216bis) over CMAF segments. All URIs are written as given, relative to the playlist.
 */

export interface MultivariantInput {
  video: readonly { rendition: VideoRendition; uri: string }[];
  audio: readonly { rendition: AudioRendition; uri: string }[];
  /** WebVTT renditions: `uri` is that of a media playlist. */
  captions?: readonly CaptionEntry[];
  /** Key frames alone, for scrubbing: `uri` is that of an I-frame playlist. */
  keyFrames?: readonly { rendition: VideoRendition; uri: string; bitrateKbps: number; peakKbps: number }[];
}

interface CaptionEntry {
  name: string;
  language: string | null;
  isDefault: boolean;
  isForced: boolean;
  /** For people who do not hear. */
  isSdh: boolean;
  uri: string;
}

export interface MediaPlaylistInput {
  /** n + 1 times in microseconds for n segments. */
  boundariesUs: readonly number[];
  initUri: string;
  segmentUri: (index: number) => string;
  /** False while it still grows (live). */
  ended: boolean;
  /** Number of the first segment listed, for a live window. */
  firstIndex?: number;
}

/** RFC 8216bis section 8: EXT-X-MAP outside I-frame playlists needs 6; 7 is what CMAF packagers declare. */
const VERSION = 7;

/**
 * A multivariant playlist (RFC 8216bis section 4.4.6). Each variant is listed once for each group of sound it may go with
 * (4.4.6.2.1), with the codecs of all that may then play. Without pictures, each form of each audio track is a variant.
 */
export function multivariantPlaylist({ video, audio, captions = [], keyFrames = [] }: MultivariantInput): string {
  if (video.length === 0) return playlist(['#EXT-X-INDEPENDENT-SEGMENTS', ...soundFirst(audio).flatMap(audioVariant)]);
  const groups = audioGroups(audio);
  const pairs: (AudioGroup<AudioEntry> | null)[] = groups.length > 0 ? groups : [null];
  return playlist([
    '#EXT-X-INDEPENDENT-SEGMENTS',
    ...groups.flatMap((group) => group.members.map((member) => audioMedia(group.id, member))),
    ...captionMedia(captions),
    ...pairs.flatMap((group) => video.flatMap((entry) => videoVariant(entry, group, captions.length > 0))),
    ...keyFrames.map(keyFrameVariant),
  ]);
}

type VideoEntry = MultivariantInput['video'][number];
type AudioEntry = MultivariantInput['audio'][number];
type KeyFrameEntry = NonNullable<MultivariantInput['keyFrames']>[number];

/** In the order in which a player should begin: what needs no encoder, then what every browser plays. */
function soundFirst(audio: readonly AudioEntry[]): AudioEntry[] {
  const inOrder = audioGroups(audio).flatMap(({ members }) => members.map(({ entry }) => entry));
  return [...new Set(inOrder)];
}

function videoVariant({ rendition, uri }: VideoEntry, group: AudioGroup<AudioEntry> | null, hasCaptions: boolean) {
  const sounds = group?.members.map(({ entry }) => entry.rendition) ?? [];
  const codecs = new Set([rendition.codecString, ...sounds.map(({ codecString }) => codecString)]);
  const stream = tag('EXT-X-STREAM-INF', {
    BANDWIDTH: bits(rendition.peakKbps + Math.max(0, ...sounds.map(({ peakKbps }) => peakKbps))),
    'AVERAGE-BANDWIDTH': bits(rendition.bitrateKbps + Math.max(0, ...sounds.map(({ bitrateKbps }) => bitrateKbps))),
    CODECS: quoted([...codecs].join(',')),
    RESOLUTION: `${rendition.width}x${rendition.height}`,
    'FRAME-RATE': rendition.frameRate === null ? null : rendition.frameRate.toFixed(3),
    'VIDEO-RANGE': VIDEO_RANGE[rendition.range],
    // Not of the RFC, which has players ignore it; hls.js shows it in its menu.
    NAME: quoted(rendition.label),
    AUDIO: group === null ? null : quoted(group.id),
    SUBTITLES: hasCaptions ? quoted('captions') : null,
    'CLOSED-CAPTIONS': 'NONE',
  });
  return [stream, uri];
}

const VIDEO_RANGE = { sdr: 'SDR', pq: 'PQ', hlg: 'HLG' };

/** EXT-X-I-FRAME-STREAM-INF (4.4.6.3): no sound, no rate of frames, and the address is an attribute. */
function keyFrameVariant({ rendition, uri, bitrateKbps, peakKbps }: KeyFrameEntry): string {
  return tag('EXT-X-I-FRAME-STREAM-INF', {
    BANDWIDTH: bits(peakKbps),
    'AVERAGE-BANDWIDTH': bits(bitrateKbps),
    CODECS: quoted(rendition.codecString),
    RESOLUTION: `${rendition.width}x${rendition.height}`,
    'VIDEO-RANGE': VIDEO_RANGE[rendition.range],
    URI: quoted(uri),
  });
}

function audioVariant({ rendition, uri }: AudioEntry): string[] {
  const stream = tag('EXT-X-STREAM-INF', {
    BANDWIDTH: bits(rendition.peakKbps),
    'AVERAGE-BANDWIDTH': bits(rendition.bitrateKbps),
    CODECS: quoted(rendition.codecString),
    NAME: quoted(rendition.label),
  });
  return [stream, uri];
}

function audioMedia(groupId: string, { entry, name, isDefault, autoselect }: AudioMember<AudioEntry>): string {
  const { rendition, uri } = entry;
  return tag('EXT-X-MEDIA', {
    TYPE: 'AUDIO',
    'GROUP-ID': quoted(groupId),
    NAME: quoted(name),
    LANGUAGE: rendition.language === null ? null : quoted(rendition.language),
    DEFAULT: isDefault ? 'YES' : 'NO',
    AUTOSELECT: isDefault || autoselect ? 'YES' : 'NO',
    CHANNELS: quoted(String(rendition.channels)),
    URI: quoted(uri),
  });
}

/** What an Apple player looks for before it offers a track as SDH (HLS authoring specification, section 8). */
const SDH = 'public.accessibility.transcribes-spoken-dialog,public.accessibility.describes-music-and-sound';

/** Names differ within a group (4.4.6.1.1), and at most one is the default. */
function captionMedia(captions: readonly CaptionEntry[]): string[] {
  const firstDefault = captions.findIndex(({ isDefault }) => isDefault);
  return captions.map((caption, n) => {
    const twins = captions.slice(0, n).filter(({ name }) => name === caption.name).length;
    return tag('EXT-X-MEDIA', {
      TYPE: 'SUBTITLES',
      'GROUP-ID': quoted('captions'),
      NAME: quoted(twins === 0 ? caption.name : `${caption.name} (${twins + 1})`),
      LANGUAGE: caption.language === null ? null : quoted(caption.language),
      DEFAULT: n === firstDefault ? 'YES' : 'NO',
      AUTOSELECT: 'YES',
      FORCED: caption.isForced ? 'YES' : 'NO',
      CHARACTERISTICS: caption.isSdh ? quoted(SDH) : null,
      URI: quoted(caption.uri),
    });
  });
}

/**
 * A media playlist (RFC 8216bis section 4.4.3). Durations are differences of rounded times, so their sum never drifts;
 * the target duration is the longest, rounded up (4.4.3.1 asks for no less than each rounded to the nearest second).
 */
export function mediaPlaylist({
  boundariesUs,
  initUri,
  segmentUri,
  ended,
  firstIndex = 0,
}: MediaPlaylistInput): string {
  const durationsUs = boundariesUs.slice(1).map((end, n) => Math.round(end) - Math.round(boundariesUs[n]!));
  const target = Math.max(1, Math.ceil(Math.max(0, ...durationsUs) / 1e6));
  return playlist([
    `#EXT-X-TARGETDURATION:${target}`,
    `#EXT-X-MEDIA-SEQUENCE:${firstIndex}`,
    ...(ended ? ['#EXT-X-PLAYLIST-TYPE:VOD'] : firstIndex === 0 ? ['#EXT-X-PLAYLIST-TYPE:EVENT'] : []),
    '#EXT-X-INDEPENDENT-SEGMENTS',
    tag('EXT-X-MAP', { URI: quoted(initUri) }),
    ...durationsUs.flatMap((us, n) => [`#EXTINF:${(us / 1e6).toFixed(6)},`, segmentUri(firstIndex + n)]),
    ...(ended ? ['#EXT-X-ENDLIST'] : []),
  ]);
}

export interface KeyFramePlaylistInput {
  /** When each key frame is shown, and when the last one is over: n + 1 times in microseconds. */
  timesUs: readonly number[];
  initUri: string;
  keyFrameUri: (index: number) => string;
}

/**
 * A playlist of key frames alone (EXT-X-I-FRAMES-ONLY, section 4.4.3.6): each segment holds one picture, and lasts until the
 * next one's.
 */
export function keyFramePlaylist({ timesUs, initUri, keyFrameUri }: KeyFramePlaylistInput): string {
  const text = mediaPlaylist({ boundariesUs: timesUs, initUri, segmentUri: keyFrameUri, ended: true });
  return text.replace('#EXT-X-INDEPENDENT-SEGMENTS', '#EXT-X-I-FRAMES-ONLY\n#EXT-X-INDEPENDENT-SEGMENTS');
}

function playlist(lines: readonly string[]): string {
  return `${['#EXTM3U', `#EXT-X-VERSION:${VERSION}`, ...lines].join('\n')}\n`;
}

/** A tag with its attribute list (4.2); null attributes are left out. */
function tag(name: string, attributes: Record<string, string | null>): string {
  const list = Object.entries(attributes).filter(([, value]) => value !== null);
  return `#${name}:${list.map(([key, value]) => `${key}=${value}`).join(',')}`;
}

/** A quoted-string (4.2) has no escapes: what must not be in one is replaced. */
function quoted(text: string): string {
  return `"${text.replace(/"/g, '\u2019').replace(/[\u0000-\u001f\u007f]+/g, ' ')}"`;
}

function bits(kbps: number): string {
  return String(Math.max(1, Math.round(kbps * 1000)));
}
