import type { SettingsWire } from '../../../src/features/settings/api.ts';
import { request } from './client.ts';

export const fetchSettings = () => request<SettingsWire>('/api/settings');
/** New values by name; null takes the default again. */
export const changeSettings = (changes: Record<string, unknown>) =>
  request<SettingsWire>('/api/settings', { method: 'PATCH', body: { changes } });
