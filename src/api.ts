import { Hono } from 'hono';
import { inviteRoutes } from './features/accounts/invites.routes.ts';
import { meRoutes } from './features/accounts/me.routes.ts';
import { accountRoutes } from './features/accounts/routes.ts';
import { userRoutes } from './features/accounts/users.routes.ts';
import { auditRoutes } from './features/audit/routes.ts';
import { backupRoutes } from './features/backups/routes.ts';
import { captionMediaRoutes } from './features/captions/media.routes.ts';
import { captionRoutes } from './features/captions/routes.ts';
import { channelRoutes } from './features/channels/routes.ts';
import { historyRoutes } from './features/history/routes.ts';
import { importRoutes } from './features/imports/routes.ts';
import { instanceRoutes } from './features/instance/routes.ts';
import { jobRoutes } from './features/jobs/routes.ts';
import { libraryRoutes } from './features/libraries/routes.ts';
import { arrivalRoutes } from './features/live/arrival.routes.ts';
import { liveRoutes } from './features/live/routes.ts';
import { logRoutes } from './features/logs/routes.ts';
import { mailRoutes } from './features/mail/routes.ts';
import { noticeRoutes } from './features/notices/routes.ts';
import { overviewRoutes } from './features/overview/routes.ts';
import { playbackRoutes } from './features/playback/routes.ts';
import { pushRoutes } from './features/push/routes.ts';
import { settingRoutes } from './features/settings/routes.ts';
import { taskRoutes } from './features/tasks/routes.ts';
import { uploadRoutes } from './features/uploads/routes.ts';
import { videoRoutes } from './features/videos/routes.ts';
import type { HttpEnv } from './http/env.ts';
import type { App } from './ports.ts';

/** LIST 1: every HTTP surface. */
export function apiRoutes(app: App): Hono<HttpEnv> {
  const surfaces = [
    instanceRoutes(app),
    accountRoutes(app),
    meRoutes(app),
    inviteRoutes(app),
    userRoutes(app),
    uploadRoutes(app),
    importRoutes(app),
    videoRoutes(app),
    channelRoutes(app),
    historyRoutes(app),
    libraryRoutes(app),
    jobRoutes(app),
    overviewRoutes(app),
    liveRoutes(app),
    arrivalRoutes(app),
    settingRoutes(app),
    auditRoutes(app),
    logRoutes(app),
    backupRoutes(app),
    taskRoutes(app),
    noticeRoutes(app),
    mailRoutes(app),
    pushRoutes(app),
    captionRoutes(app),
    captionMediaRoutes(app),
    playbackRoutes(app),
  ];
  const api = new Hono<HttpEnv>();
  for (const surface of surfaces) api.route('/', surface as Hono<HttpEnv>);
  return api;
}
