import { eq } from 'drizzle-orm';
import type { z } from 'zod';
import { newId } from '../../core/ids.ts';
import type { Orm, Tx } from '../../platform/db.ts';
import type { App } from '../../ports.ts';
import { findUserByLogin } from '../accounts/queries.ts';
import type { Actor, Viewer } from '../accounts/viewer.ts';
import { difference, recordAct } from '../audit/service.ts';
import type { EditChannelBody } from './api.ts';
import { channelNotYours, handleTaken } from './problems.ts';
import { findByHandle, getChannel } from './queries.ts';
import { channels } from './schema.ts';

/** The only writer of channels. */

/** Gives a new account the channel it publishes in, called as the account is; where that handle is taken, with a number behind it. */
export function openChannel(app: Pick<App, 'clock'>, tx: Tx, owner: { id: string; username: string }): void {
  const nowMs = app.clock.nowMs();
  tx.insert(channels)
    .values({
      id: newId(),
      handle: freeHandle(tx, owner.username),
      name: owner.username,
      ownerId: owner.id,
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
    })
    .run();
}

function freeHandle(orm: Orm, wanted: string): string {
  for (let n = 1; ; n++) {
    const handle = n === 1 ? wanted : `${wanted.slice(0, 34)}-${n}`;
    if (!findByHandle(orm, handle)) return handle;
  }
}

/**
 * Changes what a channel is called, or what it says of itself; returns its id. Throws `channel-not-found`, `channel-not-yours`
 * and `handle-taken`.
 */
export function editChannel(
  app: App,
  viewer: Viewer,
  by: Actor,
  ref: string,
  changes: z.output<typeof EditChannelBody>,
): string {
  const { id, handle, name, description, owner, may } = getChannel(app, viewer, ref);
  if (!may.edit) throw channelNotYours('Only its owner and admins may change a channel.');
  app.db.write((tx) => {
    if (changes.handle !== undefined) refuseTaken(tx, changes.handle, { channelId: id, ownerId: owner?.id });
    tx.update(channels)
      .set({ ...changes, updatedAtMs: app.clock.nowMs() })
      .where(eq(channels.id, id))
      .run();
    const changed = difference<typeof changes>({ handle, name, description }, changes);
    recordAct(app, tx, by, { act: 'channel.changed', target: { id, name: changes.name ?? name }, changes: changed });
  });
  return id;
}

/** Nobody takes the handle of another channel, nor the name of somebody else: people would take them for each other. */
function refuseTaken(orm: Orm, handle: string, mine: { channelId: string; ownerId: string | undefined }): void {
  const other = findByHandle(orm, handle);
  const namesake = findUserByLogin(orm, handle);
  const isFree = (!other || other.id === mine.channelId) && (!namesake || namesake.id === mine.ownerId);
  if (isFree) return;
  const errors = [{ field: 'handle', message: 'is taken' }];
  throw handleTaken(`@${handle} belongs to somebody else. Choose another.`, { errors });
}
