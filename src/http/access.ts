import type { MiddlewareHandler } from 'hono';
import { describeRoute, resolver } from 'hono-openapi';
import type { z } from 'zod';
import { notAllowed, notSignedIn } from '../core/problem.ts';
import { ProblemWire } from '../core/wire.ts';
import type { Role } from '../features/accounts/api.ts';
import type { HttpEnv } from './env.ts';

/**
 * Who may call a route at all. `anyone` includes the signed-out: its service decides by the thing asked for.
 * A route without one of these does not start the server (`assertEveryRouteDeclares`).
 */
export type Permission = 'anyone' | 'signedIn' | 'moderator' | 'admin';

export interface RouteDoc {
  summary: string;
  /** Status -> wire shape; null where there is no body; a string for a media type that is not JSON. */
  returns: Record<number, z.ZodType | string | null>;
  tags?: string[];
  description?: string;
}

const RANK: Record<Role, number> = { member: 1, moderator: 2, admin: 3 };
const NEEDED: Record<Permission, number> = { anyone: 0, signedIn: 1, moderator: 2, admin: 3 };
const declared = new WeakMap<object, Permission>();

/** Declares a route: who may call it, what it is for and what it answers. Goes first in a route's handlers. */
export function access(permission: Permission, doc: RouteDoc): MiddlewareHandler<HttpEnv> {
  const described = describeRoute({
    summary: doc.summary,
    description: doc.description,
    tags: doc.tags,
    ...(permission === 'anyone' ? { security: [] } : {}),
    responses: {
      ...Object.fromEntries(Object.entries(doc.returns).map(([status, shape]) => [status, responseOf(shape)])),
      default: {
        description: 'A problem.',
        content: { 'application/problem+json': { schema: resolver(ProblemWire) } },
      },
    },
    // The package's types know no extensions of OpenAPI (section 4.9), which begin with x-.
    ...{ 'x-permission': permission },
  });
  const handler: MiddlewareHandler<HttpEnv> = async (c, next) => {
    const { user } = c.var.viewer;
    if (NEEDED[permission] > 0 && !user) throw notSignedIn('Sign in to do this.');
    if (user && RANK[user.role] < NEEDED[permission]) {
      throw notAllowed(`Only ${permission === 'admin' ? 'an admin' : 'a moderator'} may do this.`);
    }
    await next();
  };
  // hono-openapi finds its description by a symbol on the handler.
  for (const symbol of Object.getOwnPropertySymbols(described)) {
    Object.defineProperty(handler, symbol, { value: Reflect.get(described, symbol) });
  }
  declared.set(handler, permission);
  return handler;
}

function responseOf(shape: z.ZodType | string | null) {
  if (shape === null) return { description: 'Done.' };
  if (typeof shape === 'string') return { description: 'The bytes.', content: { [shape]: {} } };
  return { description: 'Done.', content: { 'application/json': { schema: resolver(shape) } } };
}

/** The permission a handler declares, if it is a declaration. */
export function permissionOf(handler: object): Permission | null {
  return declared.get(handler) ?? null;
}
