import type { Role as RoleName } from '../../../../src/features/accounts/api.ts';

/** From the fewest rights to the most. */
export const ROLES: RoleName[] = ['member', 'moderator', 'admin'];
