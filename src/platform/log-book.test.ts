import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from './log.ts';
import { type LogBook, openLogBook } from './log-book.ts';

let folder: string;
let book: LogBook;
let lines = 100;
const open = () => openLogBook({ path: join(folder, 'logs.db'), lines: () => lines, nowMs: () => 1 });

beforeEach(() => {
  lines = 100;
  folder = mkdtempSync(join(tmpdir(), 'kinora-logs-'));
  book = open();
});
afterEach(() => {
  book.close();
  rmSync(folder, { recursive: true });
});

const logInto = (to: LogBook) => {
  const log = createLog({ level: 'debug', json: false, write: () => {} });
  log.follow(to.add);
  return log;
};
const texts = (search: Partial<Parameters<LogBook['search']>[0]> = {}) =>
  book.search({ limit: 1000, ...search }).map(({ text }) => text);

describe('the book of the log', () => {
  it('finds lines by level, words, fields and time, newest first', () => {
    const log = logInto(book);
    log.debug('Looked.');
    log.info({ requestId: 'abc123' }, 'Answered 100% of it.');
    log.warn({ jobId: 'j1' }, 'Slow.');
    log.error({ error: new Error('inner reason') }, 'Failed.');
    expect(texts()).toEqual(['Failed.', 'Slow.', 'Answered 100% of it.', 'Looked.']);
    expect(texts({ level: 'warn' })).toEqual(['Failed.', 'Slow.']);
    expect(texts({ text: 'ABC123' })).toEqual(['Answered 100% of it.']);
    expect(texts({ text: '100%' })).toEqual(['Answered 100% of it.']);
    expect(texts({ text: 'inner reason' })).toEqual(['Failed.']);
    expect(texts({ text: '%' })).toEqual(['Answered 100% of it.']);
    expect(texts({ untilMs: 5 })).toEqual([]);
    expect(texts({ fromMs: Date.now() - 60_000, untilMs: Date.now() + 60_000 })).toHaveLength(4);
    const [newest, second] = book.search({ limit: 2 });
    expect(texts({ before: second!.id })).toEqual(['Answered 100% of it.', 'Looked.']);
    expect(newest!.fields).toMatchObject({ error: { message: 'inner reason' } });
  });

  it('keeps so many lines and no more, also after it was opened anew', () => {
    const log = logInto(book);
    for (let n = 0; n < 333; n += 1) log.info(`Line ${n}.`);
    expect(texts().length).toBeGreaterThanOrEqual(100);
    expect(texts().length).toBeLessThanOrEqual(105);
    expect(texts()[0]).toBe('Line 332.');
    book.close();
    lines = 10;
    book = open();
    book.keep();
    expect(texts()).toHaveLength(10);
    lines = 0;
    book.keep();
    logInto(book).info('Not kept.');
    expect(texts()).toEqual([]);
    lines = 5;
    logInto(book).info('Kept again.');
    expect(texts()).toEqual(['Kept again.']);
  });

  it('is bounded in bytes: long lines are cut', () => {
    const log = logInto(book);
    for (let n = 0; n < 300; n += 1) log.info({ huge: 'x'.repeat(200_000) }, 'y'.repeat(50_000));
    expect(book.search({ limit: 1 })[0]!.text).toHaveLength(8192);
    book.close();
    expect(statSync(join(folder, 'logs.db')).size).toBeLessThan(4_000_000);
    book = open();
  });

  it('tells who follows', () => {
    const heard: string[] = [];
    const end = book.follow(({ text }) => heard.push(text));
    const log = logInto(book);
    log.info('One.');
    end();
    log.info('Two.');
    expect(heard).toEqual(['One.']);
  });

  it('replaces a file that is damaged', () => {
    book.close();
    writeFileSync(join(folder, 'logs.db'), 'no database at all, but long enough to be read as one'.repeat(40));
    book = open();
    logInto(book).info('Still here.');
    expect(texts()).toEqual(['Still here.']);
  });
});
