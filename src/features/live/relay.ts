import type { EventCatalogue, EventName } from '../../core/events.ts';
import type { App } from '../../ports.ts';
import type { LiveMessage } from './api.ts';
import { ADMINS, type Audience, audienceOf, type Hint, holdHints } from './held.ts';

export const UPLOADS_TOPIC = 'uploads';

/** Passes events on to open sockets: a viewer hears of their own videos, an admin of all. */
export function relayEvents(app: App): void {
  const tell = (message: LiveMessage, audience: Audience) =>
    app.live.send(message, ({ topic, isAdmin, userId }) => {
      if (topic !== UPLOADS_TOPIC) return false;
      return audience.everybody || isAdmin || (audience.ownerId !== null && audience.ownerId === userId);
    });
  const hold = holdHints(app, tell);
  /** At once: how far something is, and what somebody waits for. */
  const relay = <N extends EventName>(name: N, to: (event: EventCatalogue[N]) => LiveMessage) => {
    app.events.on(name, (event) => {
      if (app.live.count() === 0) return;
      const message = to(event);
      tell(message, listeners(app, message));
    });
  };
  /** In a moment: that something has changed. */
  const hint = <N extends EventName>(name: N, to: (event: EventCatalogue[N]) => Hint) => {
    app.events.on(name, (event) => {
      if (app.live.count() > 0) hold(to(event));
    });
  };
  relay('upload.progressed', (event) => ({ type: 'upload.progress', ...event }));
  hint('video.added', (event) => ({ type: 'video.added', ...event }));
  hint('video.changed', (event) => ({ type: 'video.changed', ...event }));
  hint('video.removed', (event) => ({ type: 'video.removed', ...event }));
  relay('video.probed', (event) => ({ type: 'video.probed', ...event }));
  relay('video.becamePlayable', (event) => ({ type: 'video.playable', ...event }));
  relay('video.becameReady', (event) => ({ type: 'video.ready', ...event }));
  relay('video.failed', (event) => ({ type: 'video.failed', ...event }));
  relay('job.progressed', (event) => ({ type: 'job.progress', ...event }));
  hint('job.changed', (event) => ({ type: 'job.changed', ...event }));
  relay('disk.changed', (event) => ({ type: 'disk.changed', ...event }));
  relay('notice.changed', (event) => ({ type: 'notice.changed', ...event }));
  relay('config.changed', (event) => ({ type: 'config.changed', ...event }));
  hint('task.changed', (event) => ({ type: 'task.changed', ...event }));
  hint('user.changed', (event) => ({ type: 'user.changed', ...event }));
  hint('library.changed', (event) => ({ type: 'library.changed', ...event }));
}

function listeners(app: App, message: LiveMessage): Audience {
  const videoId = 'videoId' in message ? message.videoId : null;
  if (!videoId) return ADMINS;
  const audience = audienceOf(app, videoId);
  // How far work on a library's videos is, is for admins.
  return message.type === 'job.progress' ? { ...audience, everybody: false } : audience;
}
