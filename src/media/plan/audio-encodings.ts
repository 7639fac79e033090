/** What we encode sound to, and what has to be known of each codec so that sessions join. */

/** By ffmpeg's names. */
export type EncodedAudioCodec = 'aac' | 'opus';

export interface AudioEncoding {
  /** RFC 6381 codecs string. */
  codecString: string;
  sampleRate: number;
  /** Samples of one packet: the grid all sessions share. */
  frameSamples: number;
  /** How far the encoder runs behind: so many decoded samples come before the first one meant. */
  primingSamples: number;
  /** Frames encoded before a session's first one and thrown away, so that it sounds like one that came through. */
  prerollFrames: number;
  /** The arguments that name and tune the encoder, at so many kbit/s in all. */
  args: (kbps: number) => string[];
  /** A packet of silence, for where a source has no sound any more. */
  silence: (channels: number) => Uint8Array;
}

const ENCODINGS: Record<EncodedAudioCodec, AudioEncoding> = {
  /**
   * AAC-LC: object type indication 0x40, audio object type 2 (RFC 6381 section 3.3). The encoder looks one frame back. Its
   * first few packets differ from those of a run that came through, until its rate control has settled: from 8 frames on,
   * the join measures as quiet as quantisation itself (4 are nearly enough; with 2, joins were 15 to 30 dB louder).
   */
  aac: {
    codecString: 'mp4a.40.2',
    sampleRate: 48_000,
    frameSamples: 1024,
    primingSamples: 1024,
    prerollFrames: 8,
    args: (kbps) => ['-c:a', 'aac', '-profile:a', 'aac_low', '-b:a', `${kbps}k`, '-ar', '48000'],
    // What the encoder itself makes of silence: one element with nothing in it, mono or stereo.
    silence: (channels) => Buffer.from(channels === 1 ? '01182007' : '211004608c1c', 'hex'),
  },
  /**
   * Opus ("Encapsulation of Opus in ISO Base Media File Format", RFC 7845): packets of 20 ms; the first 312 samples,
   * libopus's lookahead, are its pre-skip. From 8 packets on, joins measure like a run that came through, to half a dB
   * (with 4, some were 9 dB louder, with 2 up to 25 dB).
   */
  opus: {
    codecString: 'opus',
    sampleRate: 48_000,
    frameSamples: 960,
    primingSamples: 312,
    prerollFrames: 12,
    args: (kbps) => [
      ...['-c:a', 'libopus', '-b:a', `${kbps}k`, '-vbr', 'on', '-application', 'audio', '-frame_duration', '20'],
      ...['-ar', '48000'],
    ],
    // CELT, full band, 20 ms (RFC 6716 section 3.1), and a frame that says it is silent.
    silence: (channels) => Buffer.from(channels === 1 ? 'f8fffe' : 'fcfffe', 'hex'),
  },
};

/** Throws for a codec we do not encode to. */
export function audioEncoding(codec: string): AudioEncoding {
  const encoding = ENCODINGS[codec as EncodedAudioCodec];
  if (!encoding) throw new Error(`sound is not encoded to ${codec}`);
  return encoding;
}
