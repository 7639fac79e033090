import { z } from 'zod';
import { manyLines, oneLine } from './typed-text.ts';

/** Wire shapes that every feature shares. Safe for the browser: no Node, no I/O. */

export const Id = z.string().regex(/^[0-9A-Za-z]{4,32}$/, 'is not an id');
/** Names and titles as people type them: one line, with nothing unseen in it. */
export const Line = z.string().overwrite(oneLine);
/** Descriptions. */
export const Lines = z.string().overwrite(manyLines);
export const TimeMs = z.number().int().describe('Milliseconds since 1970-01-01 UTC.');

export const ProblemWire = z
  .object({
    type: z.string().describe('Stable name of the problem, such as "video-not-found".'),
    title: z.string(),
    status: z.number().int(),
    detail: z.string().describe('A sentence a person can act on.'),
    instance: z.string().optional(),
    errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  })
  .describe('RFC 9457 problem details.');
export type ProblemWire = z.infer<typeof ProblemWire>;

export const PageQuery = z.object({
  cursor: z.string().max(400).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(24),
});

/** A keyset-paginated list: `nextCursor` is null on the last page. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}
