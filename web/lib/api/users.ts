import type { Page } from '../../../src/core/wire.ts';
import type { Role } from '../../../src/features/accounts/api.ts';
import type { AccountWire } from '../../../src/features/accounts/users.api.ts';
import { request } from './client.ts';

interface Reply {
  account: AccountWire;
}

export interface AccountFilter {
  search?: string;
  role?: Role;
  disabled?: 'true' | 'false';
  removed?: 'true';
}

export const listAccounts = (filter: AccountFilter, cursor?: string) =>
  request<Page<AccountWire>>('/api/users', { query: { ...filter, cursor, limit: 50 } });
export const addAccount = (body: { username: string; email: string; password: string; role: Role }) =>
  request<Reply>('/api/users', { method: 'POST', body });
export const editAccount = (id: string, body: { role?: Role; password?: string; disabled?: boolean }) =>
  request<Reply>(`/api/users/${id}`, { method: 'PATCH', body });
export const removeAccount = (id: string, videos: 'keep' | 'remove') =>
  request<void>(`/api/users/${id}`, { method: 'DELETE', query: { videos } });
export const restoreAccount = (id: string) => request<Reply>(`/api/users/${id}/restore`, { method: 'POST' });
export const endSessions = (id: string) =>
  request<{ ended: number }>(`/api/users/${id}/sessions`, { method: 'DELETE' });
