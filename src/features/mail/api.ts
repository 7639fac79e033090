import { z } from 'zod';

export const MailTestWire = z.object({
  accepted: z.boolean().describe('Whether the server took it. That it arrives is for the next ones to say.'),
  answer: z.string().describe("The server's own words, or why there are none."),
  to: z.string(),
});
export type MailTestWire = z.infer<typeof MailTestWire>;
