import type { z } from 'zod';
import type { MeWire, SessionWire } from '../../../src/features/accounts/api.ts';
import type {
  EditMeBody,
  NewPasswordBody,
  OwnSessions,
  ResetBody,
  ResetHolds,
} from '../../../src/features/accounts/me.api.ts';
import { request } from './client.ts';

export const editMe = (body: z.input<typeof EditMeBody>) =>
  request<z.infer<typeof MeWire>>('/api/me', { method: 'PATCH', body });
export const changePassword = (body: z.input<typeof NewPasswordBody>) =>
  request<{ ended: number }>('/api/me/password', { method: 'PUT', body });
export const listSessions = () => request<z.infer<typeof OwnSessions>>('/api/me/sessions');
export const endSession = (id: string) => request<void>(`/api/me/sessions/${id}`, { method: 'DELETE' });
export const endOtherSessions = () => request<{ ended: number }>('/api/me/sessions', { method: 'DELETE' });

export const checkReset = (token: string) =>
  request<z.infer<typeof ResetHolds>>('/api/auth/reset/check', { method: 'POST', body: { token } });
export const resetPassword = (body: z.input<typeof ResetBody>) =>
  request<z.infer<typeof SessionWire>>('/api/auth/reset', { method: 'POST', body });
