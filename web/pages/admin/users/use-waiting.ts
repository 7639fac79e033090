import type { RegistrationPage } from '../../../../src/features/accounts/registrations.api.ts';
import { listWaiting } from '../../../lib/api/people.ts';
import { type Resource, useResource } from '../../../lib/cache/resource.ts';

/** Who waits for an account; read again with the users, whatever changes among them. */
export function useWaiting(): Resource<RegistrationPage> {
  return useResource('users-waiting', listWaiting);
}
