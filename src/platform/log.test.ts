import { describe, expect, it } from 'vitest';
import { createLog, prettyLine } from './log.ts';

function logged(options: { json: boolean; level?: 'debug' | 'info' }) {
  const lines: string[] = [];
  const log = createLog({ level: options.level ?? 'info', json: options.json, write: (line) => lines.push(line) });
  return { log, lines };
}

describe('as JSON', () => {
  it('writes one object a line, with names for levels and times for people', () => {
    const { log, lines } = logged({ json: true });
    log.child({ part: 'queue' }).warn({ jobId: 'a' }, 'Slow.');
    expect(lines).toHaveLength(1);
    const line: unknown = JSON.parse(lines[0]!);
    expect(line).toEqual({
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      part: 'queue',
      jobId: 'a',
      msg: 'Slow.',
    });
  });

  it('keeps the stack and the cause of an error', () => {
    const { log, lines } = logged({ json: true });
    log.error({ error: new Error('outer', { cause: new Error('inner') }) }, 'Failed.');
    expect(JSON.parse(lines[0]!)).toMatchObject({ error: { message: 'outer', cause: { message: 'inner' } } });
  });

  it('leaves out what is below its level', () => {
    const { log, lines } = logged({ json: true });
    log.debug('nothing');
    expect(lines).toEqual([]);
  });
});

describe('for a terminal', () => {
  it('writes a readable line, fields behind the words', () => {
    const { log, lines } = logged({ json: false });
    log.info({ port: 8383, name: 'two words', sizes: [1, 2] }, 'Listening.');
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} INFO {2}Listening\. port=8383 name="two words" sizes=\[1,2\]\n$/);
  });

  it('puts the stack of an error below', () => {
    const { log, lines } = logged({ json: false });
    log.error({ error: new Error('broken') }, 'Failed.');
    expect(lines[0]).toMatch(/ERROR Failed\.\n {4}Error: broken\n {8}at /);
  });

  it('is coloured only when asked', () => {
    const line = '{"level":"warn","time":"2026-01-01T10:11:12.013Z","msg":"Hm."}';
    expect(prettyLine(line, false)).toBe('10:11:12.013 WARN  Hm.\n');
    expect(prettyLine(line, true)).toContain('\x1b[33mWARN');
  });
});
