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

/** Who does something, and from where: what the audit log writes down. */
export interface Actor {
  /** Null on the command line, and for those who are not signed in. */
  user: Pick<ViewerUser, 'id' | 'username'> | null;
  /** What to call an actor without an account, such as "command line". */
  name?: string;
  address: string | null;
}

/** Whoever may run commands on the server. */
export const COMMAND_LINE: Actor = { user: null, name: 'command line', address: null };
