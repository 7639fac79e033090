import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../support/test-app.ts';

/** Every address by every method: what it takes, what it does not, and what other websites may do. */

let kinora: TestApp;
let paths: [string, string[]][];

beforeAll(async () => {
  kinora = await createTestApp();
  const document = await kinora.client().get<{ paths: Record<string, object> }>('/api/openapi.json');
  // Routes that only differ by what they are called are one address.
  const byAddress = new Map<string, string[]>();
  for (const [path, operations] of Object.entries(document.paths)) {
    const address = path.replaceAll(/\{[^}]+\}/g, 'Aaaa1111Bbbb22');
    const methods = Object.keys(operations).map((method) => method.toUpperCase());
    byAddress.set(address, [...(byAddress.get(address) ?? []), ...methods]);
  }
  paths = [...byAddress];
});
afterAll(() => kinora?.close());

describe('walking the OpenAPI document', () => {
  it('a method that an address does not take is refused with those that it takes', async () => {
    expect(paths.length).toBeGreaterThan(60);
    for (const [path, methods] of paths) {
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((name) => !methods.includes(name))) {
        const { response, text } = await kinora.client().raw(method, path);
        // Where the words of an address have a form, one with an id in their place is none.
        if (path.startsWith('/media') && response.status === 404) continue;
        const allowed = response.headers.get('allow')?.split(', ') ?? [];
        // An address may also be that of another route (`/api/videos/init` is `/api/videos/:id`, too), which then says so itself.
        if (response.status !== 405) expect(JSON.parse(text).type, `${method} ${path}`).not.toBe('not-found');
        else expect(allowed, `${method} ${path}`).toEqual(expect.arrayContaining(methods));
      }
    }
  });

  it('no address lets other websites in by a preflight', async () => {
    const headers = { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'POST' };
    for (const [path] of paths) {
      const { response } = await kinora.client().raw('OPTIONS', path, { headers });
      // What is not an address with this id in it is none by any method.
      expect(path.startsWith('/media') ? [204, 404] : [204], path).toContain(response.status);
      const names = [...response.headers.keys()].filter((name) => name.startsWith('access-control'));
      expect(names, path).toEqual([]);
    }
  });

  it('HEAD is answered as GET is, without the body', async () => {
    for (const [path, methods] of paths) {
      if (!methods.includes('GET')) continue;
      const get = await kinora.client().raw('GET', path);
      const head = await kinora.client().raw('HEAD', path);
      expect(head.response.status, path).toBe(get.response.status);
      expect(head.bytes.length, path).toBe(0);
    }
  });
});

describe('where there is nothing', () => {
  it.each(['POST', 'OPTIONS', 'DELETE', 'PROPFIND'])('%s says so', async (method) => {
    expect((await kinora.client().raw(method, '/api/nothing')).response.status).toBe(404);
    expect((await kinora.client().raw(method, '/media')).response.status).toBe(404);
  });

  it('pages are read only', async () => {
    const { response } = await kinora.client().raw('POST', '/watch/x');
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
  });
});

describe('pages', () => {
  it.each(['/', '/index.html', '/watch/x', '/sign-in?next=//evil.example', '/api/docs'])(
    '%s loads nothing from elsewhere and stands in nobody else’s frame',
    async (path) => {
      const { response } = await kinora.client().raw('GET', path);
      const policy = response.headers.get('content-security-policy') ?? '';
      for (const rule of ["default-src 'self'", "object-src 'none'", "frame-ancestors 'self'", "base-uri 'self'"]) {
        expect(policy).toContain(rule);
      }
      expect(policy).not.toMatch(/script-src[^;]*'unsafe-(inline|eval)'/);
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    },
  );

  it('who is not signed in is told how', async () => {
    const { response } = await kinora.client().raw('GET', '/api/me');
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer /);
  });
});
