import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import type { Orm } from '../../platform/db.ts';
import type { App } from '../../ports.ts';
import { users } from '../accounts/schema.ts';
import { isAdmin, type Viewer } from '../accounts/viewer.ts';
import { listedFor } from '../videos/permissions.queries.ts';
import { videos } from '../videos/schema.ts';
import type { ChannelRef, ChannelWire } from './api.ts';
import { channelNotFound } from './problems.ts';
import { channels } from './schema.ts';

/** To count more is not worth the time of somebody who waits for a page. */
const MOST_COUNTED = 1000;

export type ChannelRow = typeof channels.$inferSelect;

/** The channel in which an account publishes: its first. */
export function findChannelOf(orm: Orm, ownerId: string): ChannelRow | null {
  const { createdAtMs, id } = channels;
  const own = orm.select().from(channels).where(eq(channels.ownerId, ownerId));
  return own.orderBy(asc(createdAtMs), asc(id)).limit(1).get() ?? null;
}

export function channelRef({ id, handle, name }: ChannelRow): ChannelRef {
  return { id, handle, name };
}

export function findByHandle(orm: Orm, handle: string): ChannelRow | null {
  return (
    orm
      .select()
      .from(channels)
      .where(eq(sql`lower(${channels.handle})`, handle.toLowerCase()))
      .get() ?? null
  );
}

/**
 * A channel by its id, or by `@` and its handle. Who finds nothing in it is told the same as of one that does not exist, unless
 * it is theirs: nobody learns from here who has an account. Throws `channel-not-found`.
 */
export function getChannel(app: App, viewer: Viewer, ref: string): ChannelWire {
  const { orm } = app.db;
  const row = ref.startsWith('@')
    ? findByHandle(orm, ref.slice(1))
    : orm.select().from(channels).where(eq(channels.id, ref)).get();
  const wire = row ? channelWire(orm, viewer, row) : null;
  if (!wire || (wire.videos.count === 0 && !wire.may.edit)) {
    throw channelNotFound('There is no such channel, or nothing in it is shared with you. Signing in may help.');
  }
  return wire;
}

export function mayEditChannel(viewer: Viewer, { ownerId }: Pick<ChannelRow, 'ownerId'>): boolean {
  return viewer.user !== null && (viewer.user.id === ownerId || isAdmin(viewer));
}

export function channelWire(orm: Orm, viewer: Viewer, channel: ChannelRow): ChannelWire {
  const { id, description, ownerId, createdAtMs } = channel;
  const { id: userId, username } = users;
  const found = and(eq(videos.channelId, id), isNull(videos.deletedAtMs), listedFor(viewer));
  const counted = orm
    .select({ id: videos.id })
    .from(videos)
    .where(found)
    .limit(MOST_COUNTED + 1)
    .all().length;
  return {
    ...channelRef(channel),
    description,
    createdAtMs,
    owner: ownerId ? (orm.select({ id: userId, username }).from(users).where(eq(userId, ownerId)).get() ?? null) : null,
    videos: { count: Math.min(counted, MOST_COUNTED), andMore: counted > MOST_COUNTED },
    may: { edit: mayEditChannel(viewer, channel) },
  };
}
