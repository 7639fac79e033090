import { z } from 'zod';

export const WaitingWire = z.object({
  waiting: z
    .enum(['nothing', 'part', 'turn'])
    .describe('part: the segment asked for is being made. turn: the encoders are busy with others.'),
  ahead: z.number().int().describe('How many are served before this viewer.'),
});
export type WaitingWire = z.infer<typeof WaitingWire>;
