import { sql } from 'drizzle-orm';
import { preparedFor } from '../../platform/db.ts';
import type { App } from '../../ports.ts';
import { videos } from '../videos/schema.ts';
import type { LiveMessage } from './api.ts';

/**
 * Most messages only say "read this again". They are held for a moment, in which a scan changes thousands of videos, and a video
 * several times: what was said twice is told once, and of many the ids alone.
 */

const HELD_MS = 200;
/** So many at once are told one by one. */
const FEW = 20;
/** Ids in one message. */
const MOST_IDS = 500;

export type Hint = Extract<LiveMessage, { type: `${'video' | 'job' | 'library' | 'user' | 'task'}.${string}` }>;
type VideoHint = Extract<Hint, { type: 'video.added' | 'video.changed' | 'video.removed' }>;
type JobHint = Extract<Hint, { type: 'job.changed' }>;

/** Who hears of it besides admins: everybody who is signed in, or the owner, or nobody. */
export interface Audience {
  everybody: boolean;
  ownerId: string | null;
}
export type Tell = (message: LiveMessage, audience: Audience) => void;

const EVERYBODY: Audience = { everybody: true, ownerId: null };
export const ADMINS: Audience = { everybody: false, ownerId: null };

/** Holds hints and tells them a moment later. */
export function holdHints(app: App, tell: Tell) {
  const videoHints = new Map<string, VideoHint>();
  const jobHints = new Map<string, JobHint>();
  const others = new Map<string, Hint>();
  let isHolding = false;

  function hold(hint: Hint): void {
    if (hint.type === 'job.changed') jobHints.set(hint.jobId, hint);
    else if (isVideoHint(hint)) {
      // That it has come or gone says that it has changed, too.
      if (hint.type !== 'video.changed' || !videoHints.has(hint.videoId)) videoHints.set(hint.videoId, hint);
    } else others.set(JSON.stringify(hint), hint);
    if (isHolding) return;
    isHolding = true;
    app.clock.setTimeout(HELD_MS, release);
  }

  function release(): void {
    isHolding = false;
    const [ofVideos, ofJobs, rest] = [[...videoHints.values()], [...jobHints.values()], [...others.values()]];
    for (const held of [videoHints, jobHints, others]) held.clear();
    if (app.live.count() === 0) return;
    for (const [audience, hints] of byAudience(app, ofVideos)) tellAll(hints, audience, manyVideos, tell);
    tellAll(ofJobs, ADMINS, manyJobs, tell);
    for (const hint of rest) tell(hint, hint.type === 'library.changed' ? EVERYBODY : ADMINS);
  }

  return hold;
}

const isVideoHint = (hint: Hint): hint is VideoHint =>
  hint.type === 'video.added' || hint.type === 'video.changed' || hint.type === 'video.removed';

const manyVideos = (hints: VideoHint[]): LiveMessage => ({
  type: 'videos.changed',
  videoIds: hints.map(({ videoId }) => videoId),
});
const manyJobs = (hints: JobHint[]): LiveMessage => ({ type: 'jobs.changed', jobIds: hints.map(({ jobId }) => jobId) });

function tellAll<H extends Hint>(hints: H[], audience: Audience, many: (hints: H[]) => LiveMessage, tell: Tell): void {
  if (hints.length <= FEW) for (const hint of hints) tell(hint, audience);
  else for (let at = 0; at < hints.length; at += MOST_IDS) tell(many(hints.slice(at, at + MOST_IDS)), audience);
}

function byAudience(app: App, hints: VideoHint[]): [Audience, VideoHint[]][] {
  const groups = new Map<string, [Audience, VideoHint[]]>();
  for (const hint of hints) {
    const audience = audienceOf(app, hint.videoId);
    const key = audience.everybody ? 'everybody' : `owner ${audience.ownerId}`;
    const group = groups.get(key);
    if (group) group[1].push(hint);
    else groups.set(key, [audience, [hint]]);
  }
  return [...groups.values()];
}

/**
 * Whose business a video is, deleted ones as well: who had it hears that it is gone. A library's are everybody's who is signed in,
 * unless somebody has made one less than that.
 */
export function audienceOf(app: App, videoId: string): Audience {
  const found = keeperOf(app.db.orm).get({ videoId });
  if (!found) return ADMINS;
  const isListed = found.visibility === 'public' || found.visibility === 'internal';
  return { everybody: found.libraryId !== null && isListed, ownerId: found.ownerId };
}

const keeperOf = preparedFor((orm) =>
  orm
    .select({ ownerId: videos.ownerId, libraryId: videos.libraryId, visibility: videos.visibility })
    .from(videos)
    .where(sql`${videos.id} = ${sql.placeholder('videoId')}`)
    .prepare(),
);
