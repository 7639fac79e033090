import { createHmac, timingSafeEqual } from 'node:crypto';
import { HOUR_MS, type TimeMs } from '../../core/time.ts';
import { basePathOf } from '../../platform/config/base-path.ts';
import type { App } from '../../ports.ts';
import { sessionKeyOf } from '../accounts/queries.ts';
import type { Viewer } from '../accounts/viewer.ts';
import type { videos } from './schema.ts';

/**
 * Media URLs: `/media/<video>/...` for public videos, plain and immutable; `/media/<video>/~<token>/...` for all others,
 * the token bound to video, viewer and session, and expiring. Everything below one is relative, so a token goes all the way down.
 */

type VideoFacts = Pick<typeof videos.$inferSelect, 'id' | 'visibility'>;

/** Tokens end on whole steps, so that a page loaded twice has the same URLs and caches work. */
const STEP_MS = 6 * HOUR_MS;

export interface MediaBase {
  /** Without a slash at its end. */
  url: string;
  expiresAtMs: TimeMs | null;
}

/** Where a viewer finds a video's media. The viewer has been checked. */
export function mediaBase(app: App, viewer: Viewer, video: VideoFacts): MediaBase {
  const root = `${basePathOf(app.config)}/media/${video.id}`;
  if (video.visibility === 'public') return { url: root, expiresAtMs: null };
  const expiresAtMs = (Math.floor(app.clock.nowMs() / STEP_MS) + 2) * STEP_MS;
  const viewerId = viewer.user?.id ?? '-';
  const sessionKey = viewer.sessionHash === null ? '-' : sessionKeyOf(viewer.sessionHash);
  const claims = `${(expiresAtMs / STEP_MS).toString(36)}.${viewerId}.${sessionKey}`;
  return { url: `${root}/~${claims}.${sign(app, video.id, claims)}`, expiresAtMs };
}

/** Who a token was made for, and whether its time has run out. */
export interface TokenHolder {
  /** Null for somebody not signed in. */
  userId: string | null;
  /** Null where there was no session, as on the command line. */
  sessionKey: string | null;
  expired: boolean;
}

/** Undefined for what we have not made, or not for this video. */
export function readMediaToken(app: App, videoId: string, token: string): TokenHolder | undefined {
  const match = /^(([0-9a-z]+)\.([0-9A-Za-z]+|-)\.([0-9a-f]{16}|-))\.([\w-]{32})$/.exec(token);
  if (!match) return undefined;
  const [, claims, step, userId, sessionKey, signature] = match;
  const right = timingSafeEqual(Buffer.from(signature!), Buffer.from(sign(app, videoId, claims!)));
  if (!right) return undefined;
  const expired = Number.parseInt(step!, 36) * STEP_MS <= app.clock.nowMs();
  const orNull = (text: string) => (text === '-' ? null : text);
  return { userId: orNull(userId!), sessionKey: orNull(sessionKey!), expired };
}

function sign(app: App, videoId: string, claims: string): string {
  const secret = app.config.accounts.secret ?? app.dataDir.secret;
  return createHmac('sha256', secret).update(`media ${videoId} ${claims}`).digest('base64url').slice(0, 32);
}
