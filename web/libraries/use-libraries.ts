import type { LibraryWire } from '../../src/features/libraries/api.ts';
import { listLibraries } from '../lib/api/libraries.ts';
import { useResource } from '../lib/cache/resource.ts';
import { user } from '../lib/session.ts';

export const LIBRARIES_KEY = 'libraries';

export const useLibraryList = () => useResource(user.value ? LIBRARIES_KEY : null, listLibraries);

/** The libraries this person sees; undefined until the server has answered. Visitors are not asked for. */
export function useLibraries(): LibraryWire[] | undefined {
  return useLibraryList().data.value?.items;
}
