import { z } from 'zod';

export const RegistrationPolicy = z.enum(['open', 'approval', 'invite', 'closed']);

export const InstanceWire = z.object({
  name: z.string(),
  version: z.string(),
  needsSetup: z.boolean().describe('True until the first admin exists.'),
  registration: RegistrationPolicy,
  membersMayUpload: z.boolean(),
  maxUploadBytes: z.number().int(),
  accentColor: z.string().describe('CSS colour the admin chose for the accent.'),
});
export type InstanceWire = z.infer<typeof InstanceWire>;
