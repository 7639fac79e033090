import { audioEncoding } from './audio-encodings.ts';
import { browserPlaysAudio, codecName } from './codecs.ts';
import { describeAudio } from './labels.ts';
import { containerName, type PlanInput } from './plan-input.ts';
import type { AudioRendition, AudioTrack, Grid, LadderSettings, MediaInfo } from './types.ts';

/** The sound's part of the plan: which tracks are copied, which encoded, and why. */

const MOST_AUDIO = 16;
/** A guess for copies of tracks that do not say their rate. */
const GUESSED_AUDIO_KBPS = 192;

/** One rendition for each track, the default first. */
export function planAudio({ info, copy, settings }: PlanInput, grid: Grid): AudioRendition[] {
  const tracks = info.audio.slice(0, MOST_AUDIO);
  const defaultTrack = tracks.find(({ isDefault }) => isDefault) ?? tracks[0];
  const ordered = [...tracks].sort((a, b) => Number(b === defaultTrack) - Number(a === defaultTrack));
  const delivered = ordered.map((track) => {
    const cut = copy.get(track.index) ?? null;
    const copied = cut !== null && browserPlaysAudio(track) === 'universal';
    return copied ? copiedAudio(track, cut.codecString) : encodedAudio(track, info, settings);
  });
  const labels = describeAudio(ordered.map((track, n) => ({ ...track, channels: delivered[n]!.channels })));
  return ordered.map((track, n) => ({
    kind: 'audio',
    trackIndex: track.index,
    label: labels[n]!,
    grid,
    language: track.language,
    title: track.title,
    isDefault: track === defaultTrack,
    ...delivered[n]!,
  }));
}

function copiedAudio(track: AudioTrack, codecString: string) {
  const bitrateKbps = track.bitrateKbps ?? GUESSED_AUDIO_KBPS;
  return {
    mode: 'copied' as const,
    codec: track.codec,
    codecString,
    bitrateKbps,
    peakKbps: Math.round(bitrateKbps * 1.2),
    channels: track.channels,
    sampleRate: track.sampleRate,
    why: `Copied: ${codecName(track.codec)} plays in every browser, so the original is cut into segments untouched.`,
  };
}

function encodedAudio(track: AudioTrack, info: MediaInfo, { audioKbps, audioCodec }: LadderSettings) {
  const name = codecName(track.codec);
  const channels = track.channels === 1 ? 1 : 2;
  const bitrateKbps = channels === 1 ? Math.ceil(audioKbps / 2) : audioKbps;
  const plays = browserPlaysAudio(track) === 'universal';
  const uncut = `Encoded: the packager cannot cut ${name} out of this ${containerName(info)} file.`;
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
