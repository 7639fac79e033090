import type { z } from 'zod';
import type { Page } from '../../../src/core/wire.ts';
import type { ActName, ActWire } from '../../../src/features/audit/api.ts';
import type { LogLevel, LogLineWire } from '../../../src/features/logs/api.ts';
import type { EditTaskBody, TaskList, TaskReply } from '../../../src/features/tasks/api.ts';
import { request } from './client.ts';

/** What admins read up: acts, lines of the log, periodic tasks. */

export interface ActFilter {
  act?: ActName;
  actor?: string;
  fromMs?: number;
}
export const listActs = (filter: ActFilter, cursor?: string) =>
  request<Page<ActWire>>('/api/audit', { query: { ...filter, cursor, limit: 50 } });

export interface LogFilter {
  level?: LogLevel;
  q?: string;
  fromMs?: number;
}
export const listLog = (filter: LogFilter, cursor?: string) =>
  request<Page<LogLineWire>>('/api/logs', { query: { ...filter, cursor, limit: 200 } });

export const listTasks = () => request<z.infer<typeof TaskList>>('/api/tasks');
export const runTask = (name: string) =>
  request<z.infer<typeof TaskReply>>(`/api/tasks/${name}/run`, { method: 'POST' });
export const editTask = (name: string, timing: EditTaskBody) =>
  request<z.infer<typeof TaskReply>>(`/api/tasks/${name}`, { method: 'PATCH', body: timing });
