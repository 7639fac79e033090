import type { z } from 'zod';
import type { Page } from '../../../src/core/wire.ts';
import type { InviteHolds, InviteWire, MadeInvite } from '../../../src/features/accounts/invites.api.ts';
import type { RegistrationPage } from '../../../src/features/accounts/registrations.api.ts';
import type { AccountWire, MadeResetLink } from '../../../src/features/accounts/users.api.ts';
import { request } from './client.ts';

/** How people come in, and back in. */

type Made = z.infer<typeof MadeInvite>;
type ResetLink = z.infer<typeof MadeResetLink>;

export const listWaiting = () => request<RegistrationPage>('/api/registrations', { query: { limit: 100 } });
export const approve = (id: string) =>
  request<{ account: AccountWire }>(`/api/registrations/${id}/approve`, { method: 'POST' });
export const decline = (id: string) => request<void>(`/api/registrations/${id}/decline`, { method: 'POST' });

export const listInvites = (cursor?: string) =>
  request<Page<InviteWire>>('/api/invites', { query: { cursor, limit: 10 } });
export const makeInvite = async (body: { note: string; maxUses: number | null; days: number | null }) =>
  withLink(await request<Made>('/api/invites', { method: 'POST', body }));
export const revokeInvite = (id: string) => request<void>(`/api/invites/${id}`, { method: 'DELETE' });
export const checkInvite = (token: string) =>
  request<z.infer<typeof InviteHolds>>('/api/auth/invite', { method: 'POST', body: { token } });

export const makeResetLink = async (userId: string) =>
  withLink(await request<ResetLink>(`/api/users/${userId}/reset-link`, { method: 'POST', body: {} }));

/** Without `http.baseUrl` the server knows no address of its own: the one in use here is as good as any. */
function withLink<T extends { link: string }>(made: T): T {
  return { ...made, link: new URL(made.link, location.origin).href };
}
