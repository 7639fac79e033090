import { z } from 'zod';
import { Id, Line, Lines, PageQuery, pageOf, TimeMs } from '../../core/wire.ts';
import { CaptionWire } from '../captions/api.ts';
import { ChannelRef } from '../channels/api.ts';

export const VideoState = z.enum(['uploading', 'processing', 'ready', 'failed']);
export type VideoState = z.infer<typeof VideoState>;
export const Origin = z.enum(['upload', 'library', 'import', 'live']);
export type Origin = z.infer<typeof Origin>;
export const Visibility = z.enum(['public', 'unlisted', 'internal', 'private']);
export type Visibility = z.infer<typeof Visibility>;

export const Title = Line.min(1, 'needs at least one character').max(200, 'may have at most 200 characters');
const Description = Lines.max(10_000, 'may have at most 10,000 characters');

/** What lists and the watch page know of a video. `playable` turns true as soon as it has been probed. */
export const VideoWire = z.object({
  id: Id,
  title: z.string(),
  description: z.string(),
  origin: Origin,
  state: VideoState,
  playable: z.boolean(),
  failure: z.string().nullable().describe('Why it failed: a sentence its owner can act on.'),
  visibility: Visibility,
  durationMs: z.number().int().nullable(),
  width: z.number().int().nullable().describe('Upright, in square pixels.'),
  height: z.number().int().nullable(),
  hasPicture: z.boolean().nullable().describe('False for audio alone. Null until probed.'),
  filename: z.string(),
  sizeBytes: z.number().int(),
  receivedBytes: z.number().int().nullable().describe('Upload progress; null unless state is "uploading".'),
  offline: z.boolean().describe('True while its library folder cannot be reached.'),
  library: z.object({ id: Id, name: z.string() }).nullable(),
  channel: ChannelRef.nullable().describe('Where it is published; null for videos of a library.'),
  owner: z.object({ id: Id, username: z.string() }).nullable(),
  posterUrl: z
    .string()
    .nullable()
    .describe('AVIF, WebP or JPEG by `Accept`. With `-320`, `-640` or `-1280` behind it: so many pixels wide.'),
  progress: z
    .object({ positionMs: z.number().int(), finished: z.boolean(), updatedAtMs: TimeMs })
    .nullable()
    .describe("How far this viewer has watched; null where they haven't."),
  encodePercent: z.number().nullable().describe('Share of the encoded ladder that is there, while it is being filled.'),
  may: z.object({ edit: z.boolean(), remove: z.boolean() }),
  createdAtMs: TimeMs,
});
export type VideoWire = z.infer<typeof VideoWire>;

/** How loud a track is (EBU R128). */
const LoudnessWire = z.object({
  integratedLufs: z.number(),
  truePeakDb: z.number(),
  rangeLu: z.number(),
});

/** One way to watch one track, and why it is copied or encoded: what the player's "why" panel shows. */
export const RenditionWire = z.object({
  id: Id,
  kind: z.enum(['video', 'audio']),
  label: z.string().describe('"1080p", "English stereo"'),
  mode: z.enum(['copied', 'encoded']),
  why: z.string().describe('A sentence: why this is copied, or why it is encoded.'),
  codec: z.string().describe('RFC 6381 codecs string.'),
  width: z.number().int().nullable(),
  height: z.number().int().nullable(),
  frameRate: z.number().nullable(),
  bitrateKbps: z.number(),
  language: z.string().nullable(),
  loudness: LoudnessWire.nullable().describe(
    'Of the track, for sound; null until it has been measured, and for silence.',
  ),
  filledPercent: z.number().describe('How many of its segments are stored; 100 for copied renditions.'),
});
export type RenditionWire = z.infer<typeof RenditionWire>;

export const PlaybackWire = z.object({
  hls: z.string().describe('URL of the HLS multivariant playlist.'),
  dash: z.string().describe('URL of the DASH manifest.'),
  original: z
    .string()
    .nullable()
    .describe(
      'Multivariant playlist of the untouched original alone, where its key frames are too far apart to switch.',
    ),
  poster: z.string().nullable(),
  storyboard: z.string().nullable().describe('WebVTT file of thumbnails.'),
  sound: z
    .object({
      title: z.string().nullable(),
      artist: z.string().nullable(),
      album: z.string().nullable(),
      waveform: z.string().nullable().describe('URL of JSON `{version: 1, peaks: [0..255]}`.'),
    })
    .nullable()
    .describe('What a file of sound alone says of itself; null where there is a picture.'),
  captions: z.array(CaptionWire),
  renditions: z.array(RenditionWire),
  expiresAtMs: TimeMs.nullable().describe('When these URLs stop working; null for public videos.'),
});
export type PlaybackWire = z.infer<typeof PlaybackWire>;

/** What a poster is chosen from: frames of the video, or the picture that was sent. */
export const PosterChoicesWire = z.object({
  automatic: z.boolean().describe('Nobody chose: it is the one that looks best.'),
  sentUrl: z.string().nullable().describe('The picture somebody sent, where that is the poster.'),
  choices: z.array(z.object({ number: z.number().int(), url: z.string(), chosen: z.boolean() })),
});
export type PosterChoicesWire = z.infer<typeof PosterChoicesWire>;
export const PosterBody = z.object({ choice: z.number().int().min(0).max(99) });

export const VideoReply = z.object({ video: VideoWire, playback: PlaybackWire.optional() });
export type VideoReply = z.infer<typeof VideoReply>;
export const VideoPage = pageOf(VideoWire);

export const ListVideosQuery = PageQuery.extend({
  library: Id.optional(),
  channel: Id.optional(),
  owner: z.union([Id, z.literal('me')]).optional(),
  origin: Origin.optional(),
  state: VideoState.optional(),
});
export const EditVideoBody = z
  .object({ title: Title, description: Description, visibility: Visibility })
  .partial()
  .refine((body) => Object.keys(body).length > 0, 'Send at least one of title, description, visibility.');
