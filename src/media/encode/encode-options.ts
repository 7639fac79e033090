import type { VideoRendition } from '../types.ts';
import type { BurnInput } from './burn-in.ts';
import type { HardwareEncoder } from './encoders/hardware-kinds.ts';
import type { PictureSource } from './filters.ts';

/** What an encoder is asked for. Times are seconds on the clock of the source as ffmpeg counts with `-copyts`. */

/** A file on this machine, its demuxer forced from our own sniffing of the content, and one of its streams. */
export interface SourceStream {
  path: string;
  demuxer: string;
  /** ffprobe's stream index. */
  trackIndex: number;
}

export interface EncodeVideoOptions extends SourceStream, EncoderSettings {
  /** Frames before this are dropped; null begins with the first. Just before (0.5 ms) the frame meant, as clocks round. */
  startSec: number | null;
  /** Frames at or after `startSec` (or `originSec`) plus this are dropped; null goes on to the end. */
  durationSec: number | null;
  /** Where presentation time zero lies: what `durationSec` counts from when `startSec` is null. Default: the first frame. */
  originSec?: number;
  /** The first frame at or after each becomes a key frame and opens a fragment. The very first is one anyway. */
  keyFramesSec: readonly number[];
  /**
   * True where `startSec` names a source key frame nothing before which is needed (a closed group of pictures): decoding
   * then begins there, and not one group earlier.
   */
  startsOnKey?: boolean;
  outputs: readonly EncodeOutput[];
  /** Subtitles to draw into the picture, of which there is then one output. */
  burn?: BurnInput | null;
  source: PictureSource;
  /** Added to every output time, so that no decode time is negative. */
  offsetSec: number;
}

export interface EncodeOutput {
  rendition: RungOutput;
  /** ffmpeg's name of the encoder, such as `libx264`: one of `ENCODERS`. */
  encoder: string;
  /** The device that encodes instead, if one does. */
  hardware?: HardwareEncoder | null;
  /**
   * True where pictures are not to be reordered, as devices leave them: where segments of both stand beside each other, a
   * decoder that has to change how far it reorders drops pictures.
   */
  inOrder?: boolean;
  /** The file descriptor ffmpeg writes to. */
  fd: number;
}

/** What the encoder needs to know of one rung. */
export type RungOutput = Pick<VideoRendition, 'width' | 'height' | 'level' | 'bitrateKbps' | 'peakKbps'>;

/** What is the same for every rung of one run. */
export interface EncoderSettings {
  /** In x264's words; the other encoders' own scales are mapped from them. */
  preset: string;
  /** x264's quality: lower looks better. Others' own scales are mapped from it. */
  crf: number;
  threads?: number | undefined;
}

/** The part of a command line that names and tunes one encoder for one rung. */
export type EncoderArgs = (rung: RungOutput, settings: EncoderSettings) => string[];

export interface EncodeAudioOptions extends SourceStream {
  /** Where frame 0 of the rendition begins. */
  originSec: number;
  /** What it is encoded to, one of `audio-encodings.ts`. */
  codec: string;
  /** The codec's frame, counted from `originSec`, whose samples come first; null for frame 0. */
  startFrame: number | null;
  /** How much sound from `startFrame` on; null goes on to the end. */
  durationSec: number | null;
  channels: number;
  /** Of the track; more of them than `channels` are mixed down. */
  sourceChannels: number;
  kbps: number;
  offsetSec: number;
  fd: number;
}
