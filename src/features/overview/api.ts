import { z } from 'zod';
import { Id, TimeMs } from '../../core/wire.ts';
import { ChannelRef } from '../channels/api.ts';
import { Origin } from '../videos/api.ts';

/** What our own files are for. */
export const FileKind = z.enum([
  'originals',
  'segments',
  'images',
  'captions',
  'unfinished',
  'backups',
  'database',
  'other',
]);
export type FileKind = z.infer<typeof FileKind>;

const Rendition = z.object({
  label: z.string(),
  mode: z.enum(['copied', 'encoded']),
  why: z.string().describe('A sentence: why it is copied, or why it is encoded.'),
});

export const PlayingWire = z.object({
  id: z.string(),
  user: z.object({ id: Id, username: z.string() }).nullable().describe('Null for those who are not signed in.'),
  address: z.string().describe('Where the segments go.'),
  video: z.object({ id: Id, title: z.string(), durationMs: z.number().nullable() }),
  positionMs: z.number().describe('What the player says, or else the segment it asked for last.'),
  picture: Rendition.nullable(),
  sound: Rendition.nullable(),
  sinceMs: TimeMs,
  seenAtMs: TimeMs.describe('When something was last heard of them.'),
  bytesPerSecond: z.number().int().describe('What they were sent in the last half minute.'),
});
export type PlayingWire = z.infer<typeof PlayingWire>;
export const PlayingList = z.object({ items: z.array(PlayingWire) });

const HealthCheck = z.enum(['ffmpeg', 'disk', 'bucket', 'libraries', 'jobs', 'backups', 'workers']);
export const HealthWire = z.object({
  check: HealthCheck,
  state: z.enum(['ok', 'note', 'warning', 'problem']),
  verdict: z
    .enum(['good', 'none', 'waiting', 'failed', 'unreadable', 'late', 'old'])
    .optional()
    .describe('How it stands with backups, in a word.'),
  /** What it is about: a version, names, how many. */
  facts: z.record(z.string(), z.union([z.string(), z.number()])),
});
export type HealthWire = z.infer<typeof HealthWire>;

const Usage = z.object({ bytes: z.number().int(), files: z.number().int() });
export const OverviewWire = z.object({
  version: z.string(),
  startedAtMs: TimeMs,
  health: z.array(HealthWire),
  disk: z
    .object({
      freeBytes: z.number().int(),
      totalBytes: z.number().int(),
      forecast: z
        .object({
          bytesPerDay: z.number().describe('How much fuller it becomes in a day; below zero where it becomes emptier.'),
          overDays: z.number().int().describe('How many days, 30 at most, this is known from.'),
          fullAtMs: TimeMs.nullable().describe('Null where it does not fill up within ten years.'),
        })
        .nullable()
        .describe('Null while fewer than three days are known.'),
    })
    .nullable(),
  storage: z.object({
    files: z.array(Usage.extend({ kind: FileKind })).describe("Kinora's own files."),
    origins: z.array(Usage.extend({ origin: Origin })).describe('What originals take, by where they came from.'),
    channels: z
      .array(Usage.extend({ channel: ChannelRef.nullable() }))
      .describe('The same by channel, those with most first, ten at most. Null: all others.'),
    largest: z
      .array(z.object({ id: Id, title: z.string(), bytes: z.number().int(), origin: Origin }))
      .describe('The largest videos, ten at most.'),
    libraries: z
      .array(Usage.extend({ library: z.object({ id: Id, name: z.string() }) }))
      .describe('Files in the folders of libraries, which stay where they are.'),
    cache: Usage.describe('Segments made on demand, which go when room is needed; among the segments, too.'),
    countedAtMs: TimeMs.nullable().describe('When the files were counted; null before the first time.'),
  }),
});
export type OverviewWire = z.infer<typeof OverviewWire>;
