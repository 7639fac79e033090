import type { MediaInfo } from '../../media/types.ts';
import { bytesOf, type CutAudio, type CutTrack } from '../reading/cut-track.ts';
import type { Timeline } from '../source.ts';
import { firstShownSec } from './cuts.ts';

/** Differences smaller than this are rounding, larger ones no delay of a codec. */
const LEAST_SHIFT_SEC = 0.0005;
const MOST_SHIFT_SEC = 0.5;
/** Sound that goes on for this much longer than the picture is listened to; less is the last frame of its codec. */
const LONGER_SOUND_SEC = 0.5;
/** A declared length is not believed beyond so many times what can be seen. */
const MOST_DECLARED = 1.5;
/** Of tracks of sound, so many are asked for their length. */
const MOST_MEASURED = 4;
/** 33 bits at 90 kHz (ISO/IEC 13818-1 section 2.4.3.7). */
const TS_WRAP_SEC = 2 ** 33 / 90_000;
const METADATA = { metadataOnly: true } as const;

export type Clocks = Pick<Timeline, 'packagerOriginSec' | 'ffmpegOriginSec' | 'audioShiftSec'> & {
  /** Presentation times. Null without a picture, or where only a decoder knows. */
  picture: Span | null;
  /** By stream index, of tracks that the packager can read. */
  sound: Map<number, Span>;
  durationUs: number;
};

interface Span {
  startSec: number;
  endSec: number;
}

/**
 * Measures how the packager and ffmpeg count the times of a source, against the same packet: the first one stored. Presentation zero
 * is the earliest thing to see or hear.
 */
export async function measureClocks(info: MediaInfo, video: CutTrack | null, audio: CutAudio[]): Promise<Clocks> {
  const track = info.video[0];
  const aheadSec = await measureAhead(info, video, audio[0] ?? null);
  const shifts = await measureShifts(info, video ? aheadSec : 0, audio);
  const decodedSec = video ? await firstShownSec(video) : null;
  // An edit list may begin in the middle of a group of pictures: what is before is decoded, but not shown.
  const hidesSome = info.container.name === 'mp4' && track?.firstPacketSec !== undefined && decodedSec !== null;
  const pictureSec = hidesSome ? Math.max(decodedSec, track.startSec - aheadSec) : decodedSec;
  const firstSound = audio[0] ? ((await audio[0].sink.getFirstPacket(METADATA))?.timestamp ?? null) : null;
  const starts: number[] = [];
  if (pictureSec !== null) starts.push(pictureSec);
  else if (track) starts.push(track.startSec - aheadSec);
  if (firstSound !== null) {
    const soundSec = firstSound + (shifts[audio[0]!.info.index] ?? 0);
    // A negative start of sound is the encoder's priming, to be thrown away by the player: it does not start the clock.
    starts.push(info.container.name === 'mpegts' ? soundSec : Math.max(0, soundSec));
  } else if (info.audio[0]) starts.push(info.audio[0].startSec - aheadSec);
  const packagerOriginSec = starts.length > 0 ? Math.min(...starts) : info.startSec;
  const originOf = (index: number) => packagerOriginSec - (shifts[index] ?? 0);

  const pictureEndSec = video ? await video.endSec().catch(() => null) : null;
  const sound = new Map<number, Span>();
  for (const { sink, endSec, info: own } of audio.slice(0, MOST_MEASURED)) {
    const first = await sink.getFirstPacket(METADATA);
    const end = await endSec().catch(() => null);
    if (!first || end === null) continue;
    sound.set(own.index, { startSec: first.timestamp - originOf(own.index), endSec: end - originOf(own.index) });
  }
  const picture =
    pictureSec === null || pictureEndSec === null
      ? null
      : { startSec: pictureSec - packagerOriginSec, endSec: pictureEndSec - packagerOriginSec };
  const declaredEndSec = info.startSec + info.durationSec - aheadSec - packagerOriginSec;
  const durationSec = presentedSec(info, picture, sound, declaredEndSec);
  return {
    packagerOriginSec,
    ffmpegOriginSec: packagerOriginSec + aheadSec,
    audioShiftSec: shifts,
    picture,
    sound,
    durationUs: Math.round(durationSec * 1e6),
  };
}

/** How much larger ffmpeg's times are than the packager's: of pictures, or else of sound. */
async function measureAhead(info: MediaInfo, video: CutTrack | null, audio: CutAudio | null): Promise<number> {
  if (video) {
    const first = await video.sink.getFirstPacket(METADATA);
    const { firstPacketSec, startSec } = info.video[0]!;
    // The clock of a transport stream is its own; but for where it wraps around, nobody counts it otherwise.
    const same = firstPacketSec === undefined ? await firstShownSec(video) : (first?.timestamp ?? null);
    const aheadSec = same === null ? 0 : (firstPacketSec ?? startSec) - same;
    return info.container.name === 'mpegts' ? Math.round(aheadSec / TS_WRAP_SEC) * TS_WRAP_SEC : aheadSec;
  }
  if (!audio) return 0;
  const first = await audio.sink.getFirstPacket(METADATA);
  const probedSec = audio.info.firstPacketSec ?? audio.info.startSec;
  const aheadSec = first ? probedSec - first.timestamp : 0;
  // Less than that is a delay of the codec, which is measured by itself.
  return Math.abs(aheadSec) > MOST_SHIFT_SEC ? aheadSec : 0;
}

/**
 * Matroska's CodecDelay is to be taken off a sound track's times (RFC 9559 section 5.1.4.1.25); the packager leaves it on,
 * ffmpeg takes it off. By stream index, how much the packager's times are to be shifted to agree with the pictures.
 */
async function measureShifts(info: MediaInfo, aheadSec: number, audio: CutAudio[]): Promise<Record<number, number>> {
  const shifts: Record<number, number> = {};
  if (info.container.name !== 'matroska' && info.container.name !== 'webm') return shifts;
  for (const { sink, open, info: track } of audio) {
    const first = await sink.getFirstPacket(METADATA);
    const shiftSec = (track.firstPacketSec ?? track.startSec) - first!.timestamp - aheadSec;
    if (shiftSec > -LEAST_SHIFT_SEC || shiftSec < -MOST_SHIFT_SEC) continue;
    // Matroska rounds to milliseconds; Opus says the same in samples.
    const config = open.isAudioTrack() && track.codec === 'opus' ? await open.getDecoderConfig() : null;
    const exactSec = -(readPreSkip(config?.description) ?? 0) / 48_000;
    shifts[track.index] = Math.abs(exactSec - shiftSec) < 0.002 ? exactSec : shiftSec;
  }
  return shifts;
}

/** Pre-skip, in samples at 48 kHz, of an Opus identification header (RFC 7845 section 5.1). */
function readPreSkip(description: AllowSharedBufferSource | undefined): number | null {
  if (!description) return null;
  const bytes = bytesOf(description);
  return bytes.length >= 12 ? bytes.readUInt16LE(10) : null;
}

/**
 * How long the presentation is: until the picture ends, or the sound if that is much later. What a container declares is
 * believed only where nothing else is known, or of a track that cannot be read, within reason.
 */
function presentedSec(info: MediaInfo, picture: Span | null, sound: Map<number, Span>, declaredEndSec: number): number {
  const soundEndSec = Math.max(0, ...[...sound.values()].map(({ endSec }) => endSec));
  if (info.video.length === 0) {
    // Bare frames of sound: ffmpeg guesses from their rate. Elsewhere a container is right to within a packet, or lies.
    const isBare = info.container.name === 'adts' || info.container.name === 'mp3';
    const isLie = Math.abs(soundEndSec - info.durationSec) > 1;
    return soundEndSec > 0 && (isBare || isLie) ? soundEndSec : info.durationSec;
  }
  const endSec = picture && picture.endSec > 0 ? picture.endSec : null;
  if (endSec === null) return Math.max(info.durationSec, soundEndSec);
  const unseen = info.audio.some(({ index }) => !sound.has(index)) && declaredEndSec < endSec * MOST_DECLARED;
  const longestSec = Math.max(soundEndSec, unseen ? declaredEndSec : 0);
  return longestSec > endSec + LONGER_SOUND_SEC ? longestSec : endSec;
}
