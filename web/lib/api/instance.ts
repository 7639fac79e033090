import type { DiskWire } from '../../../src/features/instance/api.ts';
import { request } from './client.ts';

export const fetchDisk = () => request<DiskWire>('/api/instance/disk');
