import { expect, it } from 'vitest';
import { filenameOf } from './filename.ts';

const utf8 = (text: string) => Buffer.from(text, 'utf8').toString('latin1');

it.each([
  ['attachment; filename="holiday.mp4"', 'holiday.mp4'],
  ['attachment; filename=holiday.mp4', 'holiday.mp4'],
  ['attachment; filename=my holiday.mp4', 'my holiday.mp4'],
  ['inline; filename="a \\"quoted\\" name.mkv"', 'a "quoted" name.mkv'],
  ["attachment; filename*=UTF-8''%C3%9Cbung%20%E2%82%AC.mp4", 'Übung €.mp4'],
  ['attachment; filename="EURO.mp4"; filename*=utf-8\'\'%e2%82%ac.mp4', '€.mp4'],
  ['attachment; filename*=utf-8\'en\'%e2%82%ac.mp4; filename="EURO.mp4"', '€.mp4'],
  ["attachment; filename*=iso-8859-1''%A3%20rates.mp4", '£ rates.mp4'],
  ['attachment; filename*=UTF-8\'\'%E2%82; filename="plain.mp4"', 'plain.mp4'],
  [utf8('attachment; filename="Füße.mp4"'), 'Füße.mp4'],
  ['attachment; filename="Stra\u00dfe.mp4"', 'Straße.mp4'],
  ['attachment; filename="../../etc/passwd"', 'passwd'],
  ['attachment; filename="C:\\\\Users\\\\me\\\\clip.avi"', 'clip.avi'],
  ["attachment; filename*=UTF-8''..%2F..%2Fevil.mp4", 'evil.mp4'],
  ["attachment; filename*=UTF-8''a%00b%0d%0a%E2%80%AEc.mp4", 'ab c.mp4'],
  ['attachment; filename=".."', 'by-url.mp4'],
  ['attachment; filename=""', 'by-url.mp4'],
  ['attachment', 'by-url.mp4'],
  ['', 'by-url.mp4'],
  [undefined, 'by-url.mp4'],
])('%s is called %s', (header, name) => {
  const headers = header === undefined ? {} : { 'content-disposition': header };
  expect(filenameOf(headers, new URL('https://example.org/films/by-url.mp4?token=secret'))).toBe(name);
});

it.each([
  ['https://example.org/films/My%20holiday.mp4', 'My holiday.mp4'],
  ['https://example.org/films/%E2%82%AC.mp4#t=10', '€.mp4'],
  ['https://example.org/a%2Fb.mp4', 'b.mp4'],
  ['https://example.org/%E2%82.mp4', '%E2%82.mp4'],
  ['https://example.org/', null],
  ['https://example.org', null],
  ['https://example.org/watch/', null],
])('%s is called %s', (url, name) => {
  expect(filenameOf({}, new URL(url))).toBe(name);
});
