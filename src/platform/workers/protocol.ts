import { z } from 'zod';

/**
 * What the server and its workers say to each other by Redis. BullMQ hands out the work and carries what workers report back;
 * who is there is said by *cards*, each a key that expires; what the server wants of a run goes to all by publish and
 * subscribe, and is repeated until it is heeded. Both sides are of the same version, or do not work together: nothing here has to
 * be understood by another.
 */

export const PREFIX = 'kinora';

/** The queues: sound is quick and must not wait behind pictures. */
export const LINES = ['picture', 'sound'] as const;
export type Line = (typeof LINES)[number];

export const KEYS = {
  server: `${PREFIX}:server`,
  workers: `${PREFIX}:workers`,
  worker: (id: string) => `${PREFIX}:worker:${id}`,
  /** The channel of orders. */
  orders: `${PREFIX}:orders`,
};

/** Where in the storage the server leaves its id, so that workers find out whether it is theirs, too. */
export const STORAGE_PROOF = 'workers/server';

/** How often everybody shows that they are there. */
export const BEAT_MS = 1000;
/** A worker that has not been heard for so long stops by itself: somebody else is about to do its work. */
export const FENCE_MS = 5000;
/** The server gives up on a worker, or on Redis, after this long: by then what they were at has stopped. */
export const LOST_MS = 8000;
/** How long the server waits for a worker, where there was none, before it does the work itself. */
export const MOMENT_MS = 10_000;

export const ServerCard = z.object({ id: z.string(), name: z.string(), version: z.string(), beat: z.number() });
export type ServerCard = z.infer<typeof ServerCard>;

export const WorkerCard = z.object({
  id: z.string(),
  name: z.string(),
  version: z.string(),
  /** How many runs of pictures it makes at once. */
  slots: z.number().int(),
  startedAtMs: z.number(),
  /** Why it takes no work: a sentence; null where it does. */
  refusal: z.string().nullable(),
  /** What it is at. */
  runs: z.array(z.string()),
  beat: z.number(),
});
export type WorkerCard = z.infer<typeof WorkerCard>;

/** From a worker, of one of its runs. `taken` and `header` are asked again and again until there is an answer. */
export const Report = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('taken'), worker: z.string() }),
  /** An encoder's init segment, in base64. */
  z.object({ kind: z.literal('header'), rendition: z.string(), init: z.string(), byDevice: z.boolean() }),
  z.object({
    kind: z.literal('segment'),
    rendition: z.string(),
    index: z.number().int(),
    sizeBytes: z.number().int(),
  }),
]);
export type Report = z.infer<typeof Report>;

const Move = z
  .object({
    codec: z.enum(['h264', 'hevc']),
    slot: z.number().int(),
    /** In base64. */
    sets: z.array(z.string()),
    lengthBytes: z.number().int(),
  })
  .nullable();

/** From the server. */
export const Order = z.discriminatedUnion('order', [
  /** It may begin. */
  z.object({ order: z.literal('go'), run: z.string() }),
  /** Somebody needs what it is making or has: end now. */
  z.object({ order: z.literal('stop'), run: z.string() }),
  /** Somebody else makes what comes from this segment on. */
  z.object({ order: z.literal('until'), run: z.string(), segment: z.number().int() }),
  /** The answer to `header`: what is to be done to the samples. */
  z.object({ order: z.literal('fit'), run: z.string(), rendition: z.string(), move: Move }),
  /** The server has started anew: what was asked for by another one is wanted by nobody. */
  z.object({ order: z.literal('server'), server: z.string() }),
]);
export type Order = z.infer<typeof Order>;

/** How a run ended. */
export const Outcome = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('done') }),
  /** Told to, or it gives back what it has not made. */
  z.object({ outcome: z.literal('stopped') }),
  /** It cannot do this at all: a sentence. */
  z.object({ outcome: z.literal('refused'), why: z.string() }),
  z.object({ outcome: z.literal('failed'), why: z.string(), log: z.string(), isFull: z.boolean() }),
]);
export type Outcome = z.infer<typeof Outcome>;

/** What is put into a queue. */
export const Offered = z.object({ server: z.string(), payload: z.unknown() });
export type Offered = z.infer<typeof Offered>;
