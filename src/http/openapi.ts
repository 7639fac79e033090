import type { Hono } from 'hono';
import { findTargetHandler } from 'hono/utils/handler';
import { generateSpecs } from 'hono-openapi';
import { VERSION } from '../version.ts';
import { permissionOf } from './access.ts';
import type { HttpEnv } from './env.ts';

export type OpenApiDocument = Awaited<ReturnType<typeof generateSpecs>>;

/** The OpenAPI 3.1 document of all routes, made from the same shapes that validate. `basePath` is "" or "/films". */
export async function openApiDocument(routes: Hono<HttpEnv>, basePath: string): Promise<OpenApiDocument> {
  return generateSpecs(routes, {
    documentation: {
      openapi: '3.1.0',
      info: {
        title: 'Kinora',
        version: VERSION,
        description:
          'Errors are RFC 9457 problem details. Lists are paginated by `cursor`. Times are milliseconds UTC.',
        license: { name: 'AGPL-3.0-only', identifier: 'AGPL-3.0-only' },
      },
      servers: [{ url: basePath || '/' }],
      components: {
        securitySchemes: {
          session: { type: 'apiKey', in: 'cookie', name: 'kinora_session' },
          bearer: { type: 'http', scheme: 'bearer' },
        },
      },
      security: [{ session: [] }, { bearer: [] }],
    },
  });
}

/** Deny by default: throws, naming them, when routes do not say who may call them. */
export function assertEveryRouteDeclares(routes: Hono<HttpEnv>): void {
  const declares = new Map<string, boolean>();
  for (const { method, path, handler } of routes.routes) {
    // Middleware for everything below a path answers nothing by itself.
    if (method === 'ALL') continue;
    const key = `${method} ${path}`;
    declares.set(key, (declares.get(key) ?? false) || permissionOf(findTargetHandler(handler)) !== null);
  }
  const silent = [...declares].filter(([, declared]) => !declared).map(([key]) => key);
  if (silent.length > 0)
    throw new Error(`These routes do not declare a permission with access(): ${silent.join(', ')}`);
}
