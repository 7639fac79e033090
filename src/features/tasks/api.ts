import { z } from 'zod';
import { TimeMs } from '../../core/wire.ts';

export const TaskWire = z.object({
  name: z.string().describe('Such as "scan-libraries".'),
  summary: z.string().describe('What it does, such as "scan libraries".'),
  everyMs: z.number().int(),
  usualEveryMs: z.number().int().describe('How often it runs unless an admin chose otherwise.'),
  isEditable: z.boolean().describe('Whether admins may choose how often.'),
  isRunning: z.boolean(),
  startedAtMs: TimeMs.nullable().describe('When it ran last.'),
  durationMs: z.number().int().nullable(),
  failure: z.string().nullable().describe('Why the last run failed.'),
  nextAtMs: TimeMs.nullable(),
});
export type TaskWire = z.infer<typeof TaskWire>;
export const TaskList = z.object({ items: z.array(TaskWire) });
export const TaskReply = z.object({ task: TaskWire });
export const TaskParam = z.object({ name: z.string().regex(/^[a-z0-9-]{1,80}$/, 'is no name of a task') });

export const EditTaskBody = z.object({
  everyMinutes: z
    .number()
    .int()
    .min(5, 'must be at least 5')
    .max(43_200, 'must be at most 43200, which is 30 days')
    .nullable()
    .describe('How often; null is as usual.'),
});
