import { inArray } from 'drizzle-orm';
import type { App } from '../../ports.ts';
import { boundariesOf } from '../../streaming/source.ts';
import { users } from '../accounts/schema.ts';
import { nowPlaying, type Playing } from '../playback/now-playing.service.ts';
import { videos } from '../videos/schema.ts';
import { findStream, type VideoStream } from '../videos/streams.queries.ts';
import type { PlayingWire } from './api.ts';

/** Everybody who watches now, those who began last first. */
export function listPlaying(app: App): PlayingWire[] {
  const playing = nowPlaying(app).list();
  const userIds = [...new Set(playing.flatMap(({ userId }) => userId ?? []))];
  const videoIds = [...new Set(playing.map(({ videoId }) => videoId))];
  const { orm } = app.db;
  const people = orm
    .select({ id: users.id, username: users.username })
    .from(users)
    .where(inArray(users.id, userIds))
    .all();
  const films = orm
    .select({ id: videos.id, title: videos.title, durationMs: videos.durationMs })
    .from(videos)
    .where(inArray(videos.id, videoIds))
    .all();
  return playing.flatMap((one) => {
    const video = films.find(({ id }) => id === one.videoId);
    const stream = findStream(app, one.videoId);
    if (!video || !stream) return [];
    const user = people.find(({ id }) => id === one.userId) ?? null;
    return [{ ...wireOf(one, stream), user, video }];
  });
}

function wireOf(one: Playing, stream: VideoStream): Omit<PlayingWire, 'user' | 'video'> {
  const { id, address, sinceMs, seenAtMs, bytesPerSecond } = one;
  const of = (asked: Playing['video']) => {
    const found = [...stream.renditions, ...stream.burnt].find((rendition) => rendition.id === asked?.renditionId);
    return found ? { label: found.spec.label, mode: found.spec.mode, why: found.spec.why } : null;
  };
  return {
    id,
    address,
    sinceMs,
    seenAtMs,
    bytesPerSecond,
    positionMs: one.positionMs ?? segmentMs(stream, one.video ?? one.audio),
    picture: of(one.video),
    sound: of(one.audio),
  };
}

/** Where a segment begins. Players ask ahead, so this is where they will be. */
function segmentMs({ source, renditions, burnt }: VideoStream, asked: Playing['video']): number {
  const found = [...renditions, ...burnt].find((rendition) => rendition.id === asked?.renditionId);
  const atUs = found && asked ? boundariesOf(source.timeline, found.spec.grid)[asked.index] : undefined;
  return Math.round((atUs ?? 0) / 1000);
}
