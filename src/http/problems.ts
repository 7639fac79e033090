import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { internalError, invalidInput, Problem } from '../core/problem.ts';
import type { Log } from '../platform/log.ts';
import type { HttpEnv } from './env.ts';
import { nodeOf } from './node-answer.ts';

const TITLES: Record<number, string> = {
  400: 'Bad request',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  408: 'Too slow',
  409: 'Conflict',
  410: 'Gone',
  412: 'Precondition failed',
  413: 'Too large',
  415: 'Unsupported type',
  416: 'Range not satisfiable',
  422: 'Not valid',
  426: 'Upgrade required',
  429: 'Too many requests',
  460: 'Damaged on the way',
  500: 'Something went wrong',
  503: 'Not available now',
  507: 'Storage is full',
};

/** The one place where errors become answers: RFC 9457, never a stack, never an internal message. */
export function answerProblem(error: unknown, c: Context<HttpEnv>, log: Log): Response {
  const problem = asProblem(error);
  if (problem.status >= 500) {
    const cause = problem.cause ?? error;
    log.error({ error: cause, method: c.req.method, path: c.req.path, requestId: c.var.requestId }, problem.detail);
  }
  // Half of an answer is on its way already: its connection has been closed, which says enough.
  if (nodeOf(c)?.outgoing.headersSent) return RESPONSE_ALREADY_SENT;
  const body = {
    type: problem.type,
    title: TITLES[problem.status] ?? 'Something went wrong',
    status: problem.status,
    detail: problem.detail,
    instance: c.var.requestId,
    ...(problem.errors ? { errors: problem.errors } : {}),
  };
  // RFC 9110 section 11.6.1 wants it of every 401. Browsers ask nobody for a password because of this scheme.
  if (problem.status === 401) c.header('WWW-Authenticate', 'Bearer realm="Kinora"');
  for (const [name, value] of Object.entries(problem.headers ?? {})) c.header(name, value);
  c.header('Cache-Control', 'no-store');
  return c.body(JSON.stringify(body), problem.status as ContentfulStatusCode, {
    'Content-Type': 'application/problem+json; charset=utf-8',
  });
}

function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof HTTPException && error.status < 500) {
    return invalidInput(
      error.status === 400 ? 'The request body is not valid JSON.' : error.message || 'The request is not valid.',
    );
  }
  if ((error as NodeJS.ErrnoException | null)?.code === 'ENOSPC') {
    return new Problem('storage-full', 507, "The server's disk is full. Ask its admin to make room.", { cause: error });
  }
  return internalError('Something went wrong on the server. It has been logged; trying again may help.', {
    cause: error,
  });
}
