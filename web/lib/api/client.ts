import type { ProblemWire } from '../../../src/core/wire.ts';
import { serverUrl } from '../base.ts';
import { reportReachable, reportUnreachable } from '../connection.ts';
import { t } from '../i18n/translate.ts';

/** What every failed call throws: the server's RFC 9457 problem, or one of ours when nothing answered (`status` 0). */
export class ApiProblem extends Error {
  readonly status: number;
  readonly type: string;
  readonly fields: Record<string, string>;

  constructor(problem: Pick<ProblemWire, 'type' | 'status' | 'detail'> & Partial<ProblemWire>) {
    super(problem.detail);
    this.status = problem.status;
    this.type = problem.type;
    this.fields = Object.fromEntries((problem.errors ?? []).map((error) => [error.field, error.message]));
  }
}

export function problemText(error: unknown): string {
  return error instanceof ApiProblem ? error.message : t('problem.unexpected');
}

/** Whether what a page is about is not there for this person: gone, not theirs, or no such id (422: the address is mistyped). */
export function leadsNowhere(error: unknown): boolean {
  return error instanceof ApiProblem && [401, 403, 404, 410, 422].includes(error.status);
}

/** What a page says in place of what it is about. */
export function nowhereText(error: unknown): string {
  return error instanceof ApiProblem && error.status === 422 ? t('notFound.text') : problemText(error);
}

export type Query = Record<string, string | number | undefined | null>;

interface Call {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** JSON; a blob goes as it is, with its own type. */
  body?: unknown;
  query?: Query;
  /** Lets the call outlive the page (saving progress while it closes). */
  keepalive?: boolean;
}

/** `T` is the reply's shape; 204 gives undefined. Throws ApiProblem. */
export async function request<T>(path: string, call: Call = {}): Promise<T> {
  const response = await send(path, call);
  if (response.ok) return response.status === 204 ? (undefined as T) : ((await response.json()) as T);
  throw await readProblem(response);
}

async function send(path: string, { method = 'GET', body, query, keepalive }: Call): Promise<Response> {
  const url = new URL(serverUrl(path.replace(/^\//, '')));
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null) url.searchParams.set(name, String(value));
  }
  const file = body instanceof Blob ? body : null;
  const type = file ? file.type || 'application/octet-stream' : 'application/json';
  try {
    const response = await fetch(url, {
      method,
      keepalive,
      headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': type }) },
      body: body === undefined ? undefined : (file ?? JSON.stringify(body)),
    });
    // A proxy in front answers for a Kinora that is not there.
    if ([502, 503, 504].includes(response.status) && !isProblem(response)) throw new TypeError('gateway');
    reportReachable();
    return response;
  } catch {
    reportUnreachable();
    throw new ApiProblem({ type: 'unreachable', status: 0, detail: t('problem.unreachable') });
  }
}

function isProblem(response: Response): boolean {
  return response.headers.get('content-type')?.includes('problem+json') ?? false;
}

async function readProblem(response: Response): Promise<ApiProblem> {
  if (isProblem(response)) return new ApiProblem((await response.json()) as ProblemWire);
  return new ApiProblem({
    type: 'unexpected',
    status: response.status,
    detail: t('problem.status', { status: String(response.status) }),
  });
}
