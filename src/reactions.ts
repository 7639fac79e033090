import { followImport, resumeImport } from './features/imports/service.ts';
import { relayEvents } from './features/live/relay.ts';
import { nowPlaying } from './features/playback/now-playing.service.ts';
import { taskRunner } from './features/tasks/runner.service.ts';
import { followJob } from './features/videos/recovery.service.ts';
import { forgetStream } from './features/videos/streams.queries.ts';
import type { App } from './ports.ts';

/** LIST 3: when X happened, do Y. The only place where features meet by event. */
export function react(app: App): void {
  // A job that ended may end its video's processing.
  app.events.on('job.changed', ({ jobId }) => {
    followJob(app, jobId);
    followImport(app, jobId);
  });
  // One that was deleted while it was fetched has been brought back.
  app.events.on('video.added', ({ videoId }) => resumeImport(app, videoId));
  // Manifests and segments are served from what is remembered of a video: forget it when that changes.
  app.events.on('video.changed', ({ videoId }) => forgetStream(app, videoId));
  // Nobody encodes for a video that is gone.
  app.events.on('video.removed', ({ videoId }) => {
    forgetStream(app, videoId);
    app.streaming
      .release(videoId)
      .catch((error) => app.log.error({ error, videoId }, 'Work on a removed video did not stop.'));
  });
  // Most of what is set is read when it is needed; these are told.
  app.events.on('config.changed', ({ names }) => {
    if (names.includes('log.level')) app.log.setLevel(app.config.log.level);
    if (names.includes('log.keepLines')) app.logBook.keep();
    if (names.includes('schedule.nightlyAt')) taskRunner(app)?.replan();
    // What goes wrong there is logged there.
    if (names.includes('cache.segmentsGb')) app.streaming.cache.keep().catch(() => {});
  });
  // A player that says where it is is playing, also while it asks for no segments.
  app.events.on('watch.progressed', (event) => nowPlaying(app).reached(event));
  // Browsers hear of it.
  relayEvents(app);
}
