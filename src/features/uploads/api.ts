import { z } from 'zod';
import { Title, VideoWire, Visibility } from '../videos/api.ts';

export const InitUploadBody = z.object({
  filename: z.string().min(1, 'is missing').max(1024, 'may have at most 1024 characters'),
  sizeBytes: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
  title: Title.optional(),
  visibility: Visibility.optional(),
});
export const InitUploadReply = z.object({
  video: VideoWire,
  upload: z.object({
    protocol: z.literal('tus'),
    url: z
      .string()
      .describe('A tus 1.0 upload resource: HEAD, PATCH and DELETE it; a creation POST to it answers with itself.'),
  }),
});
export const CompleteUploadReply = z.object({ video: VideoWire });
