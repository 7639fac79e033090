import type { Role } from './api.ts';

/** Who asks: a signed-in user, or nobody in particular. What services decide permissions by. */
export interface Viewer {
  user: ViewerUser | null;
  /** The hash of the session's token, to end it; null without a session. */
  sessionHash: string | null;
}

export interface ViewerUser {
  id: string;
  username: string;
  email: string;
  role: Role;
  createdAtMs: number;
}

export const ANONYMOUS: Viewer = { user: null, sessionHash: null };

export function isAdmin(viewer: Viewer): boolean {
  return viewer.user?.role === 'admin';
}

/** What Kinora does by itself when its time has come. */
export const SCHEDULE: Actor = { user: { id: 'schedule', username: 'schedule' }, address: null };
/** Whoever may run commands on the server, which is an admin's right. No account has this id. */
export const COMMAND_LINE = { id: 'commandline', username: 'command line' };

/** Who does something, and from where: what the audit log writes down. */
export interface Actor {
  /** Null for those who are not signed in. */
  user: Pick<ViewerUser, 'id' | 'username'> | null;
  address: string | null;
}
