import { z } from 'zod';
import { meta, NOW, section } from '../key-meta.ts';

/** When Kinora does by itself what can wait for a quiet hour. */
export const schedule = section('When Kinora does what can wait for a quiet hour.', {
  nightlyAt: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day, such as 03:00')
    .default('03:00')
    .meta(
      meta(
        "A time of day by the server's clock (TZ). What is counted and swept daily runs then, one after the other; the tasks page has times of their own for each.",
        NOW,
      ),
    ),
});
