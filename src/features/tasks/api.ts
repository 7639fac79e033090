import { z } from 'zod';
import { TimeMs } from '../../core/wire.ts';

export const TaskWire = z.object({
  name: z.string().describe('Such as "scan-libraries".'),
  summary: z.string().describe('What it does, such as "scan libraries".'),
  everyMs: z.number().int().nullable().describe('How often it runs; null where it runs at a time of day.'),
  dailyAt: z.string().nullable().describe('When it runs every day, by the server\'s clock, such as "03:00".'),
  usual: z
    .object({ everyMs: z.number().int().nullable(), dailyAt: z.string().nullable() })
    .describe('The same, unless an admin chose otherwise.'),
  isChosen: z.boolean(),
  isEditable: z.boolean().describe('Whether admins may choose when.'),
  isRunning: z.boolean(),
  startedAtMs: TimeMs.nullable().describe('When it ran last.'),
  durationMs: z.number().int().nullable(),
  failure: z.string().nullable().describe('Why the last run failed.'),
  nextAtMs: TimeMs.nullable(),
});
export type TaskWire = z.infer<typeof TaskWire>;
export type TaskList = z.infer<typeof TaskList>;
export const TaskList = z.object({
  items: z.array(TaskWire),
  timeZone: z.string().describe("The server's, which times of day are meant in."),
});
export const TaskReply = z.object({ task: TaskWire });
export const TaskParam = z.object({ name: z.string().regex(/^[a-z0-9-]{1,80}$/, 'is no name of a task') });

export const EditTaskBody = z
  .object({
    everyMinutes: z
      .number()
      .int()
      .min(5, 'must be at least 5')
      .max(43_200, 'must be at most 43200, which is 30 days')
      .nullable()
      .optional(),
    dailyAt: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day, such as "03:00"')
      .nullable()
      .optional(),
  })
  .refine(({ everyMinutes, dailyAt }) => everyMinutes == null || dailyAt == null, {
    message: 'is for tasks without dailyAt: choose one of both',
    path: ['everyMinutes'],
  })
  .describe('When it runs: so often, or once a day. Neither, or null, is as usual.');
export type EditTaskBody = z.infer<typeof EditTaskBody>;
