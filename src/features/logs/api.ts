import { z } from 'zod';
import { TimeMs } from '../../core/wire.ts';

export const LogLevel = z.enum(['debug', 'info', 'warn', 'error']);
export type LogLevel = z.infer<typeof LogLevel>;

export const LogLineWire = z.object({
  id: z.string().describe('Grows with every line.'),
  atMs: TimeMs,
  level: LogLevel,
  text: z.string(),
  fields: z.record(z.string(), z.unknown()).describe('What belongs to it: ids, numbers, an error with its stack.'),
});
export type LogLineWire = z.infer<typeof LogLineWire>;

export const ListLogQuery = z.object({
  cursor: z.string().max(400).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(200),
  level: LogLevel.optional().describe('This level and those above it.'),
  q: z.string().max(200).optional().describe('Words of the line or of its fields, such as a request id.'),
  fromMs: z.coerce.number().int().optional(),
  untilMs: z.coerce.number().int().optional(),
});
export const LogPage = z.object({ items: z.array(LogLineWire), nextCursor: z.string().nullable() });
