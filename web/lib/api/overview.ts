import type { OverviewWire, PlayingWire } from '../../../src/features/overview/api.ts';
import { request } from './client.ts';

export const fetchOverview = () => request<OverviewWire>('/api/overview');
export const listPlaying = () => request<{ items: PlayingWire[] }>('/api/overview/playing');
