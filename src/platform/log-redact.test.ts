import { expect, it } from 'vitest';
import { createLog } from './log.ts';

/** What a log writes of some fields. */
function written(fields: Record<string, unknown>, message = 'Said.'): string {
  const lines: string[] = [];
  createLog({ level: 'info', json: true, write: (line) => lines.push(line) }).info(fields, message);
  return lines.join('');
}

it.each([
  { path: '/media/Aaaa1111Bbbb22/~hUsHhUsH.sig-1/master.m3u8' },
  { url: '/setup?token=hUsHhUsH' },
  { url: '/register?invite=hUsHhUsH' },
  { url: '/reset/hUsHhUsHhUsHhUsHhUsHhUsH' },
  { url: 'https://s3.example/a?X-Amz-Signature=hUsHhUsH&x=1' },
  { header: 'Bearer hUsHhUsH' },
  { header: 'kinora_session=hUsHhUsH; Path=/' },
  { redis: 'redis://user:hUsHhUsH@cache.example:6379' },
  { password: 'hUsH hUsH "quoted"' },
  { body: { nested: { token: 'hUsHhUsH' } } },
  { error: new Error('GET /media/Aaaa1111Bbbb22/~hUsHhUsH/0.m4s failed') },
  { cause: 'https://hUsHhUsH@errors.example/1' },
])('hides what is secret in %j', (fields) => {
  const line = written(fields);
  expect(line).not.toContain('hUsH');
  expect(line).toContain('(hidden)');
  expect(() => JSON.parse(line)).not.toThrow();
});

it('hides it in the words too, for a terminal as well', () => {
  const lines: string[] = [];
  const log = createLog({ level: 'info', json: false, write: (line) => lines.push(line) });
  log.info('Open /setup?token=hUsHhUsH now.');
  expect(lines.join('')).toContain('/setup?token=(hidden) now.');
});

it('leaves all else as it is', () => {
  const line = written({ path: '/media/Aaaa1111Bbbb22/master.m3u8', mail: 'a@b.example', token: 5, keyFrames: '?x=1' });
  expect(JSON.parse(line)).toMatchObject({
    path: '/media/Aaaa1111Bbbb22/master.m3u8',
    mail: 'a@b.example',
    keyFrames: '?x=1',
  });
});

it('is done with long words, too', () => {
  const word = 'a.'.repeat(500_000);
  expect(JSON.parse(written({ word, redis: 'redis://user:hUsHhUsH@cache.example' }))).toMatchObject({
    word,
    redis: 'redis://(hidden)@cache.example',
  });
});
