import { z } from 'zod';

const RegistrationPolicy = z.enum(['open', 'approval', 'invite', 'closed']);

export const InstanceWire = z.object({
  name: z.string(),
  version: z.string(),
  needsSetup: z.boolean().describe('True until the first admin exists.'),
  registration: RegistrationPolicy,
  membersMayUpload: z.boolean(),
  maxUploadBytes: z.number().int(),
  importsEnabled: z.boolean().describe('Whether links can be fetched, by those who may upload.'),
  accentColor: z.string().describe('CSS colour the admin chose for the accent.'),
});
export const DiskWire = z.object({
  low: z.boolean().describe('Whether work that fills the disk is paused.'),
  space: z
    .object({
      freeBytes: z.number().int(),
      totalBytes: z.number().int(),
      keepFreeBytes: z.number().describe('Below this much, work pauses.'),
      resumeBytes: z.number().describe('From this much on, it goes on.'),
    })
    .nullable(),
  cache: z
    .object({ bytes: z.number().int(), segments: z.number().int(), budgetBytes: z.number() })
    .describe('Segments made on demand.'),
});
export type DiskWire = z.infer<typeof DiskWire>;

export type InstanceWire = z.infer<typeof InstanceWire>;
