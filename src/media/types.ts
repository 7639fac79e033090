import type { EncodedAudioCodec } from './plan/audio-encodings.ts';
import type { EncodedCodec } from './plan/levels.ts';

/**
 * The vocabulary of pure media knowledge. Times inside a file are seconds as floats where they come from a probe,
 * integer microseconds (`Us`) where they are stored, and integer ticks of a timescale inside segments.
 */

/** A container as told by its content, never by its name. `demuxer` names ffmpeg's own demuxer to force. */
export interface Container {
  name:
    | 'mp4'
    | 'matroska'
    | 'webm'
    | 'mpegts'
    | 'avi'
    | 'flv'
    | 'asf'
    | 'ogg'
    | 'mp3'
    | 'flac'
    | 'wav'
    | 'adts'
    | 'mpegps';
  demuxer: string;
  mime: string;
  extension: string;
}

export interface VideoTrack {
  kind: 'video';
  /** ffprobe's stream index: the number for `-map 0:INDEX`. */
  index: number;
  /** Position among the video streams of the file: the n-th video track. Likewise for audio and subtitles. */
  ordinal: number;
  /** ffmpeg's codec name: h264, hevc, av1, vp9, mpeg2video ... */
  codec: string;
  profile: string | null;
  level: number | null;
  pixelFormat: string | null;
  bitDepth: number;
  chroma: '420' | '422' | '444' | 'other';
  codedWidth: number;
  codedHeight: number;
  /** Clockwise turn that makes it upright. */
  rotation: 0 | 90 | 180 | 270;
  /** To be turned upside down before that, as cameras that look at their owner store it. Absent where it is not. */
  mirrored?: true;
  /** Upright, in square pixels, both even. */
  width: number;
  height: number;
  /** Average frames a second; null where the file does not know. */
  frameRate: number | null;
  interlaced: boolean;
  /** How many frames decoding runs ahead of showing (ffprobe's `has_b_frames`): 0 where nothing is reordered. */
  reorderFrames: number;
  bitrateKbps: number | null;
  /** When the first picture is shown, as ffmpeg counts. */
  startSec: number;
  /** ffmpeg's time of the first packet stored, shown or not. Absent where unknown. */
  firstPacketSec?: number;
  range: 'sdr' | 'pq' | 'hlg';
  /** Of Dolby Vision; 5 has no picture in it that other decoders show right. Absent where it is none. */
  dolbyVision?: number;
  /** ffmpeg's names, null where the file does not say. Sources probed by earlier versions lack the last two. */
  colorSpace: string | null;
  colorPrimaries?: string | null;
  colorTransfer?: string | null;
  hasAlpha: boolean;
  isDefault: boolean;
  language: string | null;
}

export interface AudioTrack {
  kind: 'audio';
  index: number;
  ordinal: number;
  codec: string;
  profile: string | null;
  channels: number;
  sampleRate: number;
  bitrateKbps: number | null;
  startSec: number;
  firstPacketSec?: number;
  language: string | null;
  title: string | null;
  isDefault: boolean;
}

export interface SubtitleTrack {
  kind: 'subtitle';
  index: number;
  ordinal: number;
  codec: string;
  isText: boolean;
  language: string | null;
  title: string | null;
  isDefault: boolean;
  isForced: boolean;
}

export interface Chapter {
  startMs: number;
  endMs: number;
  title: string | null;
}

/** What a probe found in one source. */
export interface MediaInfo {
  container: Container;
  durationSec: number;
  /** The first timestamp of the file as ffmpeg counts (its `start_time`); what `-ss 0` means. */
  startSec: number;
  bitrateKbps: number | null;
  video: VideoTrack[];
  audio: AudioTrack[];
  subtitles: SubtitleTrack[];
  /** Streams that are still pictures (cover art), by ffprobe index. */
  covers: number[];
  chapters: Chapter[];
  title: string | null;
  /** Missing in what was probed before these were read. */
  artist?: string | null;
  album?: string | null;
}

/**
 * Which list of segment boundaries a rendition is cut on. `source`: the source's own key frames, shared by all.
 * `regular`: every 4 s, where the source's key frames are too far apart to switch at, or unknown.
 */
export type Grid = 'source' | 'regular';

interface RenditionBase {
  /** ffprobe's stream index of the track it shows. */
  trackIndex: number;
  mode: 'copied' | 'encoded';
  /** Copied by ffmpeg, as the packager cannot read it: its segments are made by sessions and stored. */
  cut?: 'remux';
  label: string;
  /** RFC 6381 codecs string. */
  codecString: string;
  /** Average over the whole, and the highest over one segment: BANDWIDTH is made of the peak. */
  bitrateKbps: number;
  peakKbps: number;
  grid: Grid;
  /** A sentence: why it is copied, or why it is encoded. */
  why: string;
}

export interface VideoRendition extends RenditionBase {
  kind: 'video';
  /** ffmpeg's name of the codec of the segments. */
  codec: string;
  width: number;
  height: number;
  frameRate: number | null;
  range: 'sdr' | 'pq' | 'hlg';
  /** Of encoded ones, as the codec counts (`levels.ts`): the encoder is told exactly what the manifest promises. */
  level: number | null;
  /** True for a copied track with key frames too far apart: offered alone, outside the switching set. */
  alone: boolean;
  /** What its key frames alone weigh, where that has been measured. */
  keyFrames?: { bitrateKbps: number; peakKbps: number };
  /** Subtitles that are drawn into it; such a rendition has a playlist of its own. */
  burns?: BurnsIn;
}

/** Extracted picture subtitles by their storage key. */
export interface BurnsIn {
  key: string;
  demuxer: 'sup' | 'matroska';
  /** `stretch`: their canvas covers the picture. `contain`: it has another shape, and is made to fit. */
  fit: 'stretch' | 'contain';
}

export interface AudioRendition extends RenditionBase {
  kind: 'audio';
  codec: string;
  channels: number;
  sampleRate: number;
  language: string | null;
  title: string | null;
  isDefault: boolean;
}

export type Rendition = VideoRendition | AudioRendition;

/** The encoder's part of the configuration, passed to pure functions as the slice they need. */
export interface LadderSettings {
  /** What pictures are encoded to: each codec gets a ladder of its own. */
  codecs: EncodedCodec[];
  audioCodec: EncodedAudioCodec;
  /** Heights of the short side, in any order: 2160, 1440, 1080, ... */
  heights: number[];
  /** x264's preset. */
  preset: string;
  /** Extra speed or quality: 1 is our table of bitrates, 0.5 half of it. */
  bitrateFactor: number;
  audioKbps: number;
}
