import type { Context, ValidationTargets } from 'hono';
import { validator } from 'hono-openapi';
import type { z } from 'zod';
import { z as zod } from 'zod';
import { issueWords } from '../core/issue-words.ts';
import { defineProblem, invalidInput, type Problem } from '../core/problem.ts';
import { Id } from '../core/wire.ts';
import { readBody } from './body.ts';
import { drainRequest } from './drain.ts';

const bodyTooLarge = defineProblem('body-too-large', 413);
const notJson = defineProblem('not-json', 415);

/** A thousand times what people type. Larger things, such as files, have routes that say how they are sent. */
const MOST_JSON_BYTES = 1024 * 1024;

/** Validates one part of a request by its wire shape; wrong input is answered with each field and what is wrong with it. */
export function valid<S extends z.ZodType, T extends keyof ValidationTargets>(target: T, shape: S) {
  const check = validator(target, shape, (result) => {
    if (!result.success) throw refusal(result.error as readonly z.core.$ZodIssue[]);
  });
  if (target !== 'json') return check;
  const readThenCheck: typeof check = async (c, next) => {
    await readJson(c);
    return check(c, next);
  };
  // hono-openapi finds the shape by a symbol on the handler.
  return Object.assign(readThenCheck, check);
}

/** For what comes in another way than `valid` looks at, such as in headers. Throws `invalid-input`. */
export function checked<S extends z.ZodType>(shape: S, value: z.input<S>): z.output<S> {
  const result = shape.safeParse(value);
  if (!result.success) throw refusal(result.error.issues);
  return result.data;
}

function refusal(issues: readonly z.core.$ZodIssue[]): Problem {
  const errors = issues.map((issue) => ({
    field: (issue.path ?? [])
      .map((part) => String(typeof part === 'object' ? Reflect.get(part, 'key') : part))
      .join('.'),
    message: messageOf(issue),
  }));
  const { field = '', message = 'is not valid' } = errors[0] ?? {};
  // A rule about the whole is a sentence of its own.
  const subject = field || (/^(is|must|may|needs) /.test(message) ? 'The request' : '');
  return invalidInput(`${subject} ${message}.`.trimStart().replace(/\.\.$/, '.'), { errors });
}

/** Words of ours where a shape has none for it: zod's own are for programmers. */
function messageOf(issue: z.core.$ZodIssue): string {
  if (!/^(Invalid|Too (small|big)|Unrecognized)\b/.test(issue.message)) return issue.message;
  return issue.message.endsWith('received undefined') ? 'is missing' : issueWords(issue);
}

/** Takes the body in, as long as it is JSON and small; the validator finds it there. No body at all is what the shape makes of it. */
async function readJson(c: Context): Promise<void> {
  const type = c.req.header('content-type');
  const carries = c.req.header('transfer-encoding') !== undefined || Number(c.req.header('content-length') ?? 0) > 0;
  if (type === undefined ? carries : !/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(type)) {
    await drainRequest(c);
    throw notJson('Send the body of this request as JSON, with "Content-Type: application/json".');
  }
  if (type === undefined) return;
  const tooLarge = () => bodyTooLarge('This request is larger than 1 MiB, which no request of this kind needs to be.');
  const bytes = await readBody(c, { mostBytes: MOST_JSON_BYTES, tooLarge });
  // Not `toString`, which leaves a byte order mark before the first brace.
  (c.req.bodyCache as { text?: Promise<string> }).text = Promise.resolve(new TextDecoder().decode(bytes));
}

/** `/:id` paths. */
export const IdParam = zod.object({ id: Id });
