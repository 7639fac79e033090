import type { AudioRendition, AudioTrack, Grid, LadderSettings, MediaInfo } from '../types.ts';
import { audioEncoding } from './audio-encodings.ts';
import { browserPlaysAudio, codecName } from './codecs.ts';
import { type CopyTrack, containerName, type PlanInput } from './input.ts';
import { describeAudio, untouchedLabel } from './labels.ts';

/** The sound's part of the plan: which tracks are copied, which encoded, and why. */

const MOST_AUDIO = 16;
/** A guess for copies of tracks that do not say their rate. */
const GUESSED_AUDIO_KBPS = 192;
const LOSSLESS = new Set(['flac', 'alac']);

/**
 * For each track, the default first, what every browser plays; then the originals that only some do, to be taken instead where
 * they are (`audio-groups.ts`). What has more than two channels is made stereo, and offered as it is besides.
 */
export function planAudio(input: PlanInput, grid: Grid): AudioRendition[] {
  const tracks = input.info.audio.slice(0, MOST_AUDIO);
  const defaultTrack = tracks.find(({ isDefault }) => isDefault) ?? tracks[0];
  const ordered = [...tracks].sort((a, b) => Number(b === defaultTrack) - Number(a === defaultTrack));
  const planned = ordered.map((track) => ({ track, deliveries: deliveriesOf(track, input) }));
  const labels = describeAudio(
    planned.map(({ track, deliveries }) => ({ ...track, channels: deliveries[0].channels })),
  );
  const all = planned.flatMap(({ track, deliveries }, n) =>
    deliveries.map(({ isOriginal, ...delivered }, place) => ({
      isOriginal,
      rendition: {
        kind: 'audio' as const,
        trackIndex: track.index,
        label: place === 0 ? labels[n]! : untouchedLabel(labels[n]!, track, isOriginal),
        grid,
        language: track.language,
        title: track.title,
        isDefault: track === defaultTrack && (place === 0 || isOriginal),
        ...delivered,
      },
    })),
  );
  return all.sort((a, b) => Number(a.isOriginal) - Number(b.isOriginal)).map(({ rendition }) => rendition);
}

type Delivery = (ReturnType<typeof copiedAudio> | ReturnType<typeof encodedAudio>) & {
  /** To be taken instead of the first delivery, by those who can. */
  isOriginal: boolean;
};

function deliveriesOf(track: AudioTrack, input: PlanInput): [Delivery, ...Delivery[]] {
  const { info, copy, refused, settings } = input;
  const cut = copy.get(track.index) ?? null;
  const support = browserPlaysAudio(track);
  const encoded = { ...encodedAudio(track, info, settings, refused?.get(track.index) ?? null), isOriginal: false };
  if (!cut || support === 'none') return [encoded];
  const name = codecName(track.codec);
  const untouched = 'the original is cut into segments untouched.';
  if (support === 'universal') {
    const plays = `Copied: ${name} plays in every browser, so ${untouched}`;
    const copied = { ...copiedAudio(track, cut, plays), isOriginal: false };
    if (track.channels <= 2) return [copied];
    return [{ ...encoded, why: 'Encoded: mixed down to stereo for those who have no more than two speakers.' }, copied];
  }
  const why = `Copied for browsers that play ${name}: ${untouched}`;
  // It would be encoded to what it is.
  if (track.codec === settings.audioCodec && track.channels <= 2) {
    return [{ ...copiedAudio(track, cut, why), isOriginal: false }];
  }
  // Lossless sound would weigh more than the smaller pictures it goes with.
  if (LOSSLESS.has(track.codec) && info.video.length > 0) return [encoded];
  return [encoded, { ...copiedAudio(track, cut, why), isOriginal: true }];
}

function copiedAudio(track: AudioTrack, { codecString, bandwidth }: CopyTrack, why: string) {
  const bitrateKbps = bandwidth?.bitrateKbps ?? track.bitrateKbps ?? GUESSED_AUDIO_KBPS;
  return {
    mode: 'copied' as const,
    codec: track.codec,
    codecString,
    bitrateKbps,
    peakKbps: bandwidth?.peakKbps ?? Math.round(bitrateKbps * 1.2),
    channels: track.channels,
    sampleRate: track.sampleRate,
    why,
  };
}

function encodedAudio(
  track: AudioTrack,
  info: MediaInfo,
  { audioKbps, audioCodec }: LadderSettings,
  refusal: string | null,
) {
  const name = codecName(track.codec);
  const channels = track.channels === 1 ? 1 : 2;
  const bitrateKbps = channels === 1 ? Math.ceil(audioKbps / 2) : audioKbps;
  const plays = browserPlaysAudio(track) === 'universal';
  const uncut = refusal ?? `Encoded: the packager cannot cut ${name} out of this ${containerName(info)} file.`;
  return {
    mode: 'encoded' as const,
    codec: audioCodec as string,
    codecString: audioEncoding(audioCodec).codecString,
    bitrateKbps,
    peakKbps: Math.round(bitrateKbps * 1.2),
    channels,
    sampleRate: audioEncoding(audioCodec).sampleRate,
    why: plays ? uncut : `Encoded: ${name} does not play in every browser.`,
  };
}
