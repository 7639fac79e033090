import { z } from 'zod';
import { Id, PageQuery, pageOf, TimeMs } from '../../core/wire.ts';

export const Lane = z.enum(['probe', 'encode', 'scan', 'image', 'caption', 'mail', 'backup', 'import']);
export type Lane = z.infer<typeof Lane>;
export const JobState = z.enum(['queued', 'running', 'done', 'failed', 'cancelled']);
export type JobState = z.infer<typeof JobState>;

export const JobWire = z.object({
  id: Id,
  name: z.string().describe('feature.verb, such as "videos.probe".'),
  lane: Lane,
  state: JobState,
  video: z.object({ id: Id, title: z.string() }).nullable(),
  percent: z.number().nullable(),
  etaMs: z.number().nullable(),
  attempts: z.number().int(),
  maxAttempts: z.number().int(),
  error: z.string().nullable(),
  log: z.string().nullable().describe("The last lines of ffmpeg's own words."),
  createdAtMs: TimeMs,
  startedAtMs: TimeMs.nullable(),
  finishedAtMs: TimeMs.nullable(),
  runAfterMs: TimeMs.describe('Not before this time: a retry waits.'),
});
export type JobWire = z.infer<typeof JobWire>;

export const ListJobsQuery = PageQuery.extend({ state: JobState.optional(), lane: Lane.optional() });
export const JobPage = pageOf(JobWire);
export const JobReply = z.object({ job: JobWire });
export const LaneWire = z.object({
  lane: Lane,
  concurrency: z.number().int(),
  running: z.number().int(),
  queued: z.number().int(),
  failed: z.number().int(),
  held: z.string().nullable().describe('Why nothing of this lane is taken up now.'),
});
export const EncoderWire = z.object({
  id: z.number().int().describe('Below zero for what is offered to workers.'),
  urgency: z.enum(['live', 'watching', 'upload', 'eager']).describe('Whom it works for; the first are served first.'),
  state: z.enum(['waiting', 'working', 'paused']),
  sinceMs: TimeMs.describe('Since when it is in this state.'),
  video: z.object({ id: Id, title: z.string() }).nullable(),
  renditions: z.array(z.string()).describe('What it makes, such as "720p".'),
  positionMs: z.number().nullable().describe('Where in the video it is.'),
  viewers: z.number().int().describe('How many people watch what it makes.'),
  speed: z.number().nullable().describe('Seconds of video made in a second of work.'),
  worker: z.string().nullable().describe('The worker that does it; null for the server itself.'),
});
export type EncoderWire = z.infer<typeof EncoderWire>;
export const EncoderList = z.object({
  slots: z.number().int().describe('How many may work at once.'),
  items: z.array(EncoderWire),
});
export type EncoderList = z.infer<typeof EncoderList>;

export const WorkerWire = z.object({
  id: Id,
  name: z.string(),
  version: z.string(),
  slots: z.number().int().describe('How many parts of videos it encodes at once.'),
  runs: z.number().int().describe('How many it is at.'),
  refusal: z.string().nullable().describe('Why it takes no work: a sentence.'),
  startedAtMs: TimeMs,
  seenAtMs: TimeMs.describe('When it was heard of last.'),
});
export type WorkerWire = z.infer<typeof WorkerWire>;
export const WorkerList = z.object({
  redis: z
    .object({
      address: z.string().describe('Without its password.'),
      state: z.enum(['connecting', 'connected', 'away']),
      sinceMs: TimeMs,
      problem: z.string().nullable().describe('What is wrong: a sentence.'),
    })
    .nullable()
    .describe('Null where no workers are wanted: `jobs.redis` is empty.'),
  items: z.array(WorkerWire),
});
export type WorkerList = z.infer<typeof WorkerList>;

export const LaneList = z.object({ items: z.array(LaneWire) });
