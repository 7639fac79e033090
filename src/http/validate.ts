import type { ValidationTargets } from 'hono';
import { validator } from 'hono-openapi';
import type { z } from 'zod';
import { z as zod } from 'zod';
import { invalidInput } from '../core/problem.ts';
import { Id } from '../core/wire.ts';

/** Validates one part of a request by its wire shape; wrong input is answered with each field and what is wrong with it. */
export function valid<S extends z.ZodType, T extends keyof ValidationTargets>(target: T, shape: S) {
  return validator(target, shape, (result) => {
    if (result.success) return;
    const errors = result.error.map(({ path, message }) => ({
      field: (path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.'),
      message,
    }));
    const first = errors[0];
    const detail = first?.field
      ? `${first.field} ${first.message}.`
      : `${first?.message ?? 'The request is not valid'}.`;
    throw invalidInput(detail.replace(/\.\.$/, '.'), { errors });
  });
}

/** `/:id` paths. */
export const IdParam = zod.object({ id: Id });
