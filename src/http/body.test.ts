import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { invalidInput, Problem } from '../core/problem.ts';
import { readBody } from './body.ts';

const app = new Hono()
  .post('/', async (c) => {
    const bytes = await readBody(c, { mostBytes: 10, tooLarge: () => invalidInput('Too large.'), silentMs: 50 });
    return c.text(bytes.toString());
  })
  .onError((error, c) => c.text(error instanceof Problem ? `${error.status} ${error.type}` : 'unknown', 400));

async function answer(start: (controller: ReadableStreamDefaultController) => void): Promise<string> {
  const body = new ReadableStream({ start });
  return (await app.request('/', { method: 'POST', body, duplex: 'half' } as RequestInit)).text();
}
const bytes = (text: string) => new TextEncoder().encode(text);

describe('a body', () => {
  it('is taken up to its limit, and not a byte more', async () => {
    const parts = (...texts: string[]) =>
      answer((controller) => {
        for (const text of texts) controller.enqueue(bytes(text));
        controller.close();
      });
    expect(await parts('12345', '67890')).toBe('1234567890');
    expect(await parts('12345', '67890', '1')).toBe('422 invalid-input');
    expect(await (await app.request('/', { method: 'POST' })).text()).toBe('');
  });

  it('that stops coming is not waited for', async () => {
    expect(await answer((controller) => controller.enqueue(bytes('1')))).toBe('408 body-too-slow');
  });

  it('whose connection breaks is no error of ours', async () => {
    expect(await answer((controller) => controller.error(new Error('aborted')))).toBe('400 body-incomplete');
  });
});
