import type { MailTestWire } from '../../../src/features/mail/api.ts';
import type { NoticeList, NoticePreferencesWire } from '../../../src/features/notices/api.ts';
import type { PushTestWire, PushWire, SubscriptionWire } from '../../../src/features/push/api.ts';
import { request } from './client.ts';

export const listNotices = () => request<NoticeList>('/api/notices');
export const fetchPreferences = () => request<NoticePreferencesWire>('/api/notices/preferences');
export const choosePreferences = (mail: boolean) =>
  request<NoticePreferencesWire>('/api/notices/preferences', { method: 'PUT', body: { mail } });
export const testMail = () => request<MailTestWire>('/api/mail/test', { method: 'POST' });

export const fetchPush = () => request<PushWire>('/api/push');
export const subscribe = (subscription: PushSubscriptionJSON) =>
  request<{ subscription: SubscriptionWire }>('/api/push/subscriptions', { method: 'POST', body: subscription });
export const unsubscribe = (id: string) => request<void>(`/api/push/subscriptions/${id}`, { method: 'DELETE' });
export const testPush = (endpoint: string) =>
  request<PushTestWire>('/api/push/test', { method: 'POST', body: { endpoint } });
