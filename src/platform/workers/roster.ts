import type { TimeMs } from '../../core/time.ts';
import { KEYS, LOST_MS, ServerCard, WorkerCard } from './protocol.ts';
import type { Redis } from './redis.ts';

/** One worker as the server knows it. */
export interface Known {
  card: WorkerCard;
  /** When its last new beat was seen, by the server's own clock. */
  seenAtMs: TimeMs;
}

/** Who is there: the server's view of the cards. */
export interface Roster {
  /** Shows the server's own card and reads those of the workers. Rejects where Redis does not answer. */
  beat(nowMs: TimeMs): Promise<void>;
  /** Those heard of lately, by name. */
  present(nowMs: TimeMs): Known[];
  find(id: string): Known | null;
  /** Another server that shows itself in the same place: its name. */
  rival(): string | null;
}

export function createRoster(redis: Redis, self: Omit<ServerCard, 'beat'>): Roster {
  const known = new Map<string, Known>();
  let beats = 0;
  let rival: string | null = null;
  let earlier: ServerCard | null = null;

  function meet(text: string | null): void {
    const other = readCard(ServerCard, text);
    // What a server that is gone has left does not change any more.
    const isAlive = other !== null && earlier?.id === other.id && earlier.beat !== other.beat;
    if (other?.id === self.id || other === null) rival = null;
    else if (isAlive) rival = other.name;
    earlier = other;
  }

  return {
    async beat(nowMs) {
      const card = JSON.stringify({ ...self, beat: ++beats } satisfies ServerCard);
      const [before, ids] = await Promise.all([
        redis.set(KEYS.server, card, 'PX', LOST_MS, 'GET'),
        redis.smembers(KEYS.workers),
      ]);
      meet(before);
      const texts = ids.length > 0 ? await redis.mget(ids.map(KEYS.worker)) : [];
      const gone = ids.filter((_, n) => texts[n] === null);
      if (gone.length > 0) await redis.srem(KEYS.workers, gone);
      for (const text of texts) {
        const card = readCard(WorkerCard, text);
        if (card && known.get(card.id)?.card.beat !== card.beat) known.set(card.id, { card, seenAtMs: nowMs });
      }
      for (const [id, { seenAtMs }] of known) if (nowMs - seenAtMs > LOST_MS) known.delete(id);
    },
    present: (nowMs) =>
      [...known.values()]
        .filter(({ seenAtMs }) => nowMs - seenAtMs <= LOST_MS)
        .sort((a, b) => a.card.name.localeCompare(b.card.name) || a.card.startedAtMs - b.card.startedAtMs),
    find: (id) => known.get(id) ?? null,
    rival: () => rival,
  };
}

/** Null for what is not there, or was written by a version that has other cards. */
export function readCard<T>(schema: { safeParse(value: unknown): { data?: T } }, text: string | null): T | null {
  if (text === null) return null;
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
