import type { z } from 'zod';
import type {
  LoginBody,
  MeWire,
  SessionWire,
  SetupBody,
  SignUpBody,
  WaitingWire,
} from '../../../src/features/accounts/api.ts';
import type { InstanceWire } from '../../../src/features/instance/api.ts';
import { request } from './client.ts';

type Session = z.infer<typeof SessionWire>;

export const fetchInstance = () => request<InstanceWire>('/api/instance');
export const fetchMe = () => request<z.infer<typeof MeWire>>('/api/me');
export const setUp = (body: z.input<typeof SetupBody>) => request<Session>('/api/setup', { method: 'POST', body });
export const signIn = (body: z.input<typeof LoginBody>) =>
  request<Session>('/api/auth/login', { method: 'POST', body });
export const register = (body: z.input<typeof SignUpBody>) =>
  request<Session | z.infer<typeof WaitingWire>>('/api/auth/register', { method: 'POST', body });
export const signOut = () => request<void>('/api/auth/logout', { method: 'POST' });
