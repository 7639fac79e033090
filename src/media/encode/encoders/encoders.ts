import type { LadderSettings } from '../../types.ts';
import type { EncoderArgs, EncoderSettings, RungOutput } from '../encode-options.ts';
import { svtAv1Args } from './svtav1.ts';
import { vpxArgs } from './vpx.ts';
import { x264Args } from './x264.ts';
import { x265Args } from './x265.ts';

/** Every encoder of pictures we know how to talk to, and which one makes which codec. */

/** By ffmpeg's name of the encoder. */
const ENCODERS: Readonly<Record<string, EncoderArgs>> = {
  libx264: x264Args,
  libx265: x265Args,
  libsvtav1: svtAv1Args,
  'libvpx-vp9': vpxArgs,
};

const SOFTWARE: Readonly<Record<string, string>> = {
  h264: 'libx264',
  hevc: 'libx265',
  av1: 'libsvtav1',
  vp9: 'libvpx-vp9',
};

/** ffmpeg's name of the encoder that makes a codec (ffmpeg's name of it, too). Throws for a codec nobody here makes. */
export function encoderFor(codec: string): string {
  const encoder = SOFTWARE[codec];
  if (!encoder) throw new Error(`no encoder makes ${codec}`);
  return encoder;
}

/**
 * Settings with only those codecs that this ffmpeg has encoders for, by its names (null: unknown, then all of them). H.264
 * and AAC are what is left where nothing else is.
 */
export function encodable<S extends Pick<LadderSettings, 'codecs' | 'audioCodec'>>(
  settings: S,
  encoders: ReadonlySet<string> | null,
): S {
  if (encoders === null) return settings;
  const codecs = settings.codecs.filter((codec) => encoders.has(encoderFor(codec)));
  const hasOpus = encoders.has('libopus');
  return {
    ...settings,
    codecs: codecs.length > 0 ? codecs : ['h264'],
    audioCodec: settings.audioCodec === 'opus' && !hasOpus ? 'aac' : settings.audioCodec,
  };
}

/** The arguments of an encoder for one rung. Throws for an encoder that is not in the table. */
export function encoderArgs(encoder: string, rung: RungOutput, settings: EncoderSettings): string[] {
  const args = ENCODERS[encoder];
  if (!args) throw new Error(`no arguments are known for the encoder ${encoder}`);
  return args(rung, settings);
}
