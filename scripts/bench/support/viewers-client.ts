/**
 * Simulated viewers in a process of their own, forked by `viewers.bench.ts`: each begins somewhere, fills its buffer and then
 * fetches picture and sound as fast as it plays them.
 */
import { Agent, get } from 'node:http';

export interface Film {
  /** What each track's segments are called, in order; all tracks are cut at the same times. */
  tracks: string[][];
  /** Seconds each lasts. */
  seconds: number[];
}

export interface ViewersOrder {
  films: Film[];
  viewers: number;
  /** How long everybody watches. */
  seconds: number;
  /** How far a viewer fetches ahead. */
  bufferSeconds: number;
  /** Plays once so much is there. */
  startSeconds: number;
  seed: number;
}

export interface ViewersResult {
  /** How often a picture stood still, and for how long in all. */
  stalls: number;
  stalledMs: number;
  segments: number;
  bytes: number;
  p50Ms: number;
  p99Ms: number;
  worstMs: number;
  /** From a viewer's first request until it plays, the slowest of a hundred. */
  startP99Ms: number;
}

async function run(order: ViewersOrder): Promise<ViewersResult> {
  const random = generator(order.seed);
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  const tookMs: number[] = [];
  const startsMs: number[] = [];
  const total = { stalls: 0, stalledMs: 0, bytes: 0 };
  const endsAt = performance.now() + order.seconds * 1000;

  async function fetchSegment(url: string): Promise<void> {
    const askedAt = performance.now();
    await new Promise<void>((resolve, reject) => {
      get(url, { agent }, (reply) => {
        let said = '';
        reply.on('data', (chunk: Buffer) => {
          total.bytes += chunk.length;
          if (reply.statusCode !== 200) said += chunk.toString();
        });
        reply.on('end', () => {
          if (reply.statusCode !== 200) reject(new Error(`${url} was answered with ${reply.statusCode}: ${said}`));
        });
        reply.on('end', resolve);
        reply.on('error', reject);
      }).on('error', reject);
    });
    tookMs.push(performance.now() - askedAt);
  }

  /** Positions are seconds of film. While it plays, the position goes with the clock. */
  async function watch(film: Film): Promise<void> {
    // Not all at the same moment, as people do not.
    await sleep(random() * 5000);
    const watching = order.seconds + order.bufferSeconds;
    const last = film.seconds.length - Math.ceil(watching / film.seconds[0]!) - 1;
    let index = Math.max(0, Math.floor(random() * last));
    let fetched = 0;
    let played = 0;
    let playsSince: number | null = null;
    const beganAt = performance.now();
    while (performance.now() < endsAt && index < film.seconds.length) {
      await Promise.all(film.tracks.map((track) => fetchSegment(track[index]!)));
      const now = performance.now();
      // It ran dry while this one was on its way: it stood still from then until now.
      if (playsSince !== null && (now - playsSince) / 1000 > fetched - played) {
        total.stalls += 1;
        total.stalledMs += now - playsSince - (fetched - played) * 1000;
        played = fetched;
        playsSince = now;
      }
      fetched += film.seconds[index]!;
      index += 1;
      if (playsSince === null && fetched >= order.startSeconds) {
        playsSince = now;
        startsMs.push(now - beganAt);
      }
      const ahead = fetched - played - (playsSince === null ? 0 : (now - playsSince) / 1000);
      if (ahead > order.bufferSeconds) await sleep((ahead - order.bufferSeconds) * 1000);
    }
  }

  const viewers = Array.from({ length: order.viewers }, (_, n) => watch(order.films[n % order.films.length]!));
  await Promise.all(viewers);
  agent.destroy();
  for (const list of [tookMs, startsMs]) list.sort((a, b) => a - b);
  const at = (list: number[], share: number) => list[Math.min(list.length - 1, Math.floor(list.length * share))]!;
  return {
    ...total,
    segments: tookMs.length,
    p50Ms: at(tookMs, 0.5),
    p99Ms: at(tookMs, 0.99),
    worstMs: tookMs.at(-1)!,
    startP99Ms: at(startsMs, 0.99),
  };
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The same places in every run (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

process.on('message', (order: ViewersOrder) => {
  run(order).then(
    (result) => process.send?.({ result }),
    (error: Error) => process.send?.({ error: error.message }),
  );
});
