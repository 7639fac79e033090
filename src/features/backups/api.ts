import { z } from 'zod';
import { TimeMs } from '../../core/wire.ts';
import { JobWire } from '../jobs/api.ts';

/** The names scheduled backups and those begun in the browser have: when they were begun, in UTC. */
export const BACKUP_NAME = /^kinora-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z\.tar$/;

export const BackupWire = z.object({
  name: z.string().describe('Such as "kinora-20261123T033000Z.tar".'),
  takenAtMs: TimeMs.describe('When it was begun.'),
  sizeBytes: z.number().int(),
  originals: z.boolean().nullable().describe('Whether uploaded originals are in it; null where that cannot be read.'),
  version: z.string().nullable().describe('The Kinora that wrote it.'),
});
export type BackupWire = z.infer<typeof BackupWire>;

export const BackupList = z.object({
  items: z.array(BackupWire).describe('Newest first. Each was read through when it had been written.'),
  folder: z.string(),
  unreadable: z.string().nullable().describe('Why the folder cannot be looked into.'),
  dataFolder: z.string().describe('What a command that puts one back is told.'),
  schedule: z.string().describe('"off", or a time in the form of cron.'),
  nextAtMs: TimeMs.nullable(),
  keep: z.number().int(),
  originals: z.boolean().describe('Whether uploaded originals are in those that the schedule makes.'),
  originalsBytes: z.number().int().nullable().describe('What uploaded originals take; null before they were counted.'),
  job: JobWire.nullable().describe('The one that is being made, or the last try where that failed.'),
});
export type BackupList = z.infer<typeof BackupList>;

export const MakeBackupBody = z.object({
  originals: z.boolean().optional().describe('With uploaded originals; as the schedule does unless given.'),
});
export const BackupJobReply = z.object({ job: JobWire });
export const BackupParam = z.object({ name: z.string().regex(BACKUP_NAME, 'is no name of a backup') });
