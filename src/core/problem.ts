/**
 * A named failure that is answered as `application/problem+json` (RFC 9457).
 * Features declare theirs beside their service; anything may throw one, one place answers.
 */
export class Problem extends Error {
  readonly type: string;
  readonly status: number;
  readonly detail: string;
  readonly errors: FieldError[] | undefined;
  readonly headers: Record<string, string> | undefined;

  constructor(type: string, status: number, detail: string, more: ProblemMore = {}) {
    super(`${type}: ${detail}`, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = 'Problem';
    this.type = type;
    this.status = status;
    this.detail = detail;
    this.errors = more.errors;
    this.headers = more.headers;
  }
}

export interface FieldError {
  /** Where in the request: the parameter's name, or the path into the body, such as `folders.0`. */
  field: string;
  message: string;
}

interface ProblemMore {
  errors?: FieldError[];
  headers?: Record<string, string>;
  cause?: unknown;
}

/**
 * Names a problem once, with its HTTP status: `export const videoNotFound = defineProblem('video-not-found', 404)`.
 * The function it returns makes the error to throw; `detail` is a sentence a person can act on.
 */
export function defineProblem(type: string, status: number) {
  return (detail: string, more?: ProblemMore) => new Problem(type, status, detail, more);
}

export const notSignedIn = defineProblem('not-signed-in', 401);
export const notAllowed = defineProblem('not-allowed', 403);
export const notFound = defineProblem('not-found', 404);
export const invalidInput = defineProblem('invalid-input', 422);
export const tooManyRequests = defineProblem('too-many-requests', 429);
export const internalError = defineProblem('internal-error', 500);
