import type { EventCatalogue, EventName } from '../../core/events.ts';
import type { LiveConnection } from '../../platform/live.ts';
import type { App } from '../../ports.ts';
import { findKnownVideo } from '../videos/queries.ts';
import type { LiveMessage } from './api.ts';

export const UPLOADS_TOPIC = 'uploads';

/** Passes events on to open sockets: a viewer hears of their own videos, an admin of all. */
export function relayEvents(app: App): void {
  const relay = <N extends EventName>(name: N, to: (event: EventCatalogue[N]) => LiveMessage) => {
    app.events.on(name, (event) => {
      if (app.live.count() > 0) send(app, to(event));
    });
  };
  relay('upload.progressed', (event) => ({ type: 'upload.progress', ...event }));
  relay('video.added', (event) => ({ type: 'video.added', ...event }));
  relay('video.changed', (event) => ({ type: 'video.changed', ...event }));
  relay('video.removed', (event) => ({ type: 'video.removed', ...event }));
  relay('video.probed', (event) => ({ type: 'video.probed', ...event }));
  relay('video.becamePlayable', (event) => ({ type: 'video.playable', ...event }));
  relay('video.becameReady', (event) => ({ type: 'video.ready', ...event }));
  relay('video.failed', (event) => ({ type: 'video.failed', ...event }));
  relay('job.progressed', (event) => ({ type: 'job.progress', ...event }));
  relay('job.changed', (event) => ({ type: 'job.changed', ...event }));
  relay('disk.changed', (event) => ({ type: 'disk.changed', ...event }));
  relay('notice.changed', (event) => ({ type: 'notice.changed', ...event }));
  relay('config.changed', (event) => ({ type: 'config.changed', ...event }));
  relay('task.changed', (event) => ({ type: 'task.changed', ...event }));
  relay('user.changed', (event) => ({ type: 'user.changed', ...event }));
  relay('library.changed', (event) => ({ type: 'library.changed', ...event }));
}

function send(app: App, message: LiveMessage): void {
  const wanted = listeners(app, message);
  app.live.send(message, (connection) => connection.topic === UPLOADS_TOPIC && wanted(connection));
}

function listeners(app: App, message: LiveMessage): (connection: LiveConnection) => boolean {
  if (message.type === 'library.changed') return () => true;
  const video = 'videoId' in message && message.videoId ? findKnownVideo(app.db.orm, message.videoId) : null;
  // A library's videos are everybody's who is signed in, unless somebody has made one less than that.
  const isListed = video?.visibility === 'public' || video?.visibility === 'internal';
  if (video?.libraryId && isListed && message.type !== 'job.progress') return () => true;
  return ({ isAdmin, userId }) => isAdmin || (video !== null && video.ownerId === userId);
}
