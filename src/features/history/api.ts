import { z } from 'zod';
import { VideoWire } from '../videos/api.ts';

/** Sent by the player every few seconds and when it is left. Over 95 % watched counts as finished. */
export const SaveProgressBody = z.object({ positionMs: z.number().int().min(0) });
export const ContinueWatchingReply = z.object({ items: z.array(VideoWire) });
