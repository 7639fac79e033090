import { listNotices } from '../../../lib/api/notices.ts';
import { useResource } from '../../../lib/cache/resource.ts';

/** What needs an admin, and what did; live. */
export const useNotices = () => useResource('notices', listNotices);
