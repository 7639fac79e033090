import { defineProblem } from '../../core/problem.ts';
import type { AudioTrack, Chapter, Container, MediaInfo, SubtitleTrack, VideoTrack } from '../types.ts';
import { asRecord, integer, type Json, listOf, real } from './json.ts';
import { languageTag } from './languages.ts';
import { type FirstPackets, readFirstPackets } from './packets.ts';
import { readPicture } from './picture.ts';
import { cleanText } from './titles.ts';

export const mediaUnplayable = defineProblem('media-unplayable', 422);
export const mediaEncrypted = () =>
  mediaUnplayable(
    'This file is encrypted (DRM): only the player or the shop it comes from can open it. Use a copy without protection.',
  );

/** More tracks of a kind than this are an accident or an attack. */
const MOST_TRACKS = 64;
const MOST_CHAPTERS = 1000;
const LONGEST_HOURS = 100;
const LARGEST_SIDE = 16_384;
const STILL_CODECS = new Set(['mjpeg', 'png', 'bmp', 'gif', 'webp', 'tiff', 'mjpegb']);
const TEXT_SUBTITLES = new Set([
  'subrip',
  'srt',
  'ass',
  'ssa',
  'webvtt',
  'mov_text',
  'text',
  'ttml',
  'microdvd',
  'sami',
  'subviewer',
]);
/** Containers that hold sound; a still picture in one is a cover, whatever its disposition says. */
const SOUND_CONTAINERS = new Set(['mp3', 'flac', 'wav', 'adts', 'ogg']);

/**
 * Reads what `ffprobe -show_format -show_streams -show_chapters -show_packets -of json` printed (see `probeArgv`). Nothing in it is trusted:
 * missing, "N/A" and absurd values become null or a default. `measuredSec`: how long it is, where it does not say (`declaresLength`).
 *
 * Throws `media-unplayable` with a sentence for the file's owner: neither picture nor sound, a picture too large, no length.
 */
export function readProbe(json: unknown, container: Container, measuredSec: number | null = null): MediaInfo {
  const root = asRecord(json);
  const format = asRecord(root.format);
  const streams = listOf(root.streams);
  const covers: number[] = [];
  const video: VideoTrack[] = [];
  const audio: AudioTrack[] = [];
  const subtitles: SubtitleTrack[] = [];
  const packets = readFirstPackets(root.packets);
  const ordinals = { video: 0, audio: 0, subtitle: 0 };
  const hasFilm = streams.some((stream) => stream.codec_type === 'video' && isFilm(stream));
  for (const stream of streams) {
    const index = integer(stream.index);
    if (index === null || index < 0) continue;
    // Matroska's ContentEncryption, as ffmpeg's demuxer tells of it.
    if ('enc_key_id' in tagsOf(stream)) throw mediaEncrypted();
    if (stream.codec_type === 'video') {
      const ordinal = ordinals.video++;
      if (isCover(stream, container, hasFilm)) covers.push(index);
      else if (video.length < MOST_TRACKS) pushIf(video, readVideo(stream, index, ordinal, packets.get(index)));
    } else if (stream.codec_type === 'audio') {
      const ordinal = ordinals.audio++;
      if (audio.length < MOST_TRACKS) pushIf(audio, readAudio(stream, index, ordinal, packets.get(index)));
    } else if (stream.codec_type === 'subtitle') {
      const ordinal = ordinals.subtitle++;
      if (subtitles.length < MOST_TRACKS) subtitles.push(readSubtitle(stream, index, ordinal));
    }
  }
  if (video.length === 0 && audio.length === 0) {
    throw mediaUnplayable(
      'There is neither a picture nor sound in this file that can be read. Check that it plays on your computer.',
    );
  }
  return {
    container,
    durationSec: readDuration(declaredSec(format, streams) ?? measuredSec),
    startSec: real(format.start_time) ?? 0,
    bitrateKbps: kbps(format.bit_rate),
    video,
    audio,
    subtitles,
    covers: covers.slice(0, MOST_TRACKS),
    chapters: readChapters(root.chapters),
    ...readNames(format, streams),
  };
}

/** Ogg keeps what a piece is called with its stream, everything else with the file. */
function readNames(format: Json, streams: readonly Json[]): Pick<MediaInfo, 'title' | 'artist' | 'album'> {
  const sound = streams.find((stream) => stream.codec_type === 'audio');
  const ofFile = tagsOf(format);
  const ofSound = sound && /^ogg/.test(String(format.format_name)) ? tagsOf(sound) : {};
  const named = (name: string) => cleanText(ofFile[name]) ?? cleanText(ofSound[name]);
  return { title: named('title'), artist: named('artist') ?? named('album_artist'), album: named('album') };
}

const isFilm = (stream: Json) =>
  !STILL_CODECS.has(String(stream.codec_name)) && asRecord(stream.disposition).attached_pic !== 1;

function isCover(stream: Json, container: Container, hasFilm: boolean): boolean {
  if (asRecord(stream.disposition).attached_pic === 1) return true;
  if (!STILL_CODECS.has(String(stream.codec_name))) return false;
  if (SOUND_CONTAINERS.has(container.name)) return true;
  // Beside a film, pictures are its cover, whichever is called the default; Matroska does not say how many there are.
  if (hasFilm) return true;
  // Motion JPEG is a film; one picture that lasts as long as the sound is a cover.
  return integer(stream.nb_frames) === 1;
}

function readVideo(stream: Json, index: number, ordinal: number, first?: FirstPackets): VideoTrack | null {
  const codec = codecOf(stream);
  const picture = readPicture(stream);
  if (codec === null || picture === null) return null;
  const largest = Math.max(picture.codedWidth, picture.codedHeight, picture.width, picture.height);
  if (largest > LARGEST_SIDE) {
    const size = `${picture.width} x ${picture.height}`;
    throw mediaUnplayable(
      `The picture is ${size}; at most ${LARGEST_SIDE} on a side can be shown. Make it smaller and try again.`,
    );
  }
  return {
    kind: 'video',
    index,
    ordinal,
    codec,
    ...picture,
    bitrateKbps: kbps(stream.bit_rate) ?? kbps(tagsOf(stream).bps),
    startSec: first?.shownSec ?? real(stream.start_time) ?? 0,
    ...firstPacket(first),
    isDefault: asRecord(stream.disposition).default === 1,
    language: languageTag(tagsOf(stream).language),
  };
}

function readAudio(stream: Json, index: number, ordinal: number, first?: FirstPackets): AudioTrack | null {
  const codec = codecOf(stream);
  const channels = integer(stream.channels);
  const sampleRate = integer(stream.sample_rate);
  if (codec === null || !channels || channels < 1 || !sampleRate || sampleRate < 1000) return null;
  return {
    kind: 'audio',
    index,
    ordinal,
    codec,
    profile: profileOf(stream),
    channels: Math.min(channels, 64),
    sampleRate,
    bitrateKbps: kbps(stream.bit_rate) ?? kbps(tagsOf(stream).bps),
    startSec: real(stream.start_time) ?? 0,
    ...firstPacket(first),
    language: languageTag(tagsOf(stream).language),
    title: cleanText(tagsOf(stream).title),
    isDefault: asRecord(stream.disposition).default === 1,
  };
}

function readSubtitle(stream: Json, index: number, ordinal: number): SubtitleTrack {
  const codec = codecOf(stream) ?? 'unknown';
  const disposition = asRecord(stream.disposition);
  return {
    kind: 'subtitle',
    index,
    ordinal,
    codec,
    isText: TEXT_SUBTITLES.has(codec),
    language: languageTag(tagsOf(stream).language),
    title: cleanText(tagsOf(stream).title),
    isDefault: disposition.default === 1,
    isForced: disposition.forced === 1,
  };
}

/** Whether a file says how long it is. What is recorded live does not, where nobody has come back to write it down. */
export function declaresLength(json: unknown): boolean {
  const root = asRecord(json);
  return declaredSec(asRecord(root.format), listOf(root.streams)) !== null;
}

/** The container's own length, or else the longest track's. */
function declaredSec(format: Json, streams: readonly Json[]): number | null {
  const declared = real(format.duration);
  const longest = Math.max(0, ...streams.map((stream) => real(stream.duration) ?? 0));
  const durationSec = declared !== null && declared > 0 ? declared : longest;
  return durationSec > 0 ? durationSec : null;
}

/** Throws where there is no length, or none to be believed. */
function readDuration(durationSec: number | null): number {
  if (durationSec === null || durationSec <= 0) {
    throw mediaUnplayable(
      'The file does not say how long it is: it may have been cut off. Try to send it again, or remux it.',
    );
  }
  const hours = durationSec / 3600;
  if (hours > LONGEST_HOURS) {
    const said = Math.round(hours).toLocaleString('en');
    throw mediaUnplayable(
      `The file declares a length of ${said} hours; at most ${LONGEST_HOURS} are taken. Its timestamps may be damaged: remux it.`,
    );
  }
  return durationSec;
}

function readChapters(json: unknown): Chapter[] {
  const chapters = listOf(json).flatMap((chapter) => {
    const startSec = real(chapter.start_time);
    const endSec = real(chapter.end_time);
    if (startSec === null || endSec === null || endSec < startSec || endSec < 0) return [];
    const title = cleanText(tagsOf(chapter).title);
    return [{ startMs: Math.max(0, Math.round(startSec * 1000)), endMs: Math.round(endSec * 1000), title }];
  });
  return chapters.sort((a, b) => a.startMs - b.startMs).slice(0, MOST_CHAPTERS);
}

/** Tags with their names in lower case: Matroska shouts, and ffmpeg passes that on. */
function tagsOf(holder: Json): Json {
  return Object.fromEntries(Object.entries(asRecord(holder.tags)).map(([name, value]) => [name.toLowerCase(), value]));
}

function codecOf(stream: Json): string | null {
  const name = stream.codec_name;
  return typeof name === 'string' && name !== 'none' && name !== 'unknown' && /^[a-z0-9_]{1,40}$/.test(name)
    ? name
    : null;
}

function profileOf(stream: Json): string | null {
  const profile = cleanText(stream.profile);
  return profile === null || profile === 'unknown' || /^-?\d+$/.test(profile) ? null : profile;
}

function kbps(bitsPerSec: unknown): number | null {
  const bits = real(bitsPerSec);
  return bits !== null && bits >= 1000 && bits < 1e10 ? Math.round(bits / 1000) : null;
}

function pushIf<T>(list: T[], item: T | null): void {
  if (item !== null) list.push(item);
}

function firstPacket(first: FirstPackets | undefined): { firstPacketSec?: number } {
  return first ? { firstPacketSec: first.firstPacketSec } : {};
}
