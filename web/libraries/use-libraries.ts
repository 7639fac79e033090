import { listLibraries } from '../lib/api/libraries.ts';
import { useResource } from '../lib/cache/resource.ts';
import { user } from '../lib/session.ts';

export const LIBRARIES_KEY = 'libraries';

/** The libraries this person sees; no data until the server has answered. Visitors are not asked for. */
export const useLibraryList = () => useResource(user.value ? LIBRARIES_KEY : null, listLibraries);
