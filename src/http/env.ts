import type { Viewer } from '../features/accounts/viewer.ts';

/** What every handler finds in its context. */
export interface HttpEnv {
  Variables: {
    viewer: Viewer;
    requestId: string;
  };
}
