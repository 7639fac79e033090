import { describe, expect, it } from 'vitest';
import { isAss, parseAss, shiftAss } from './ass.ts';
import { cuesBetween, readTime, tidyCues, vttTime, writeVtt } from './cues.ts';
import { parseSrt } from './srt.ts';
import { isVtt, parseVtt } from './vtt.ts';

const cue = (startMs: number, endMs: number, text: string, settings = '') => ({ startMs, endMs, text, settings });

describe('times', () => {
  it.each([
    ['00:00:01,500', 1500],
    ['0:00:01.5', 1500],
    ['00:01:02:250', 62_250],
    ['01:02', 62_000],
    ['100:00:00,000', 360_000_000],
    ['-00:00:01,000', -1000],
    ['00:00:01, 500', 1500],
    ['one', null],
    ['1', null],
  ])('%s', (text, ms) => expect(readTime(text)).toBe(ms));

  it('are written with hours and three decimals', () => expect(vttTime(3_723_004)).toBe('01:02:03.004'));
});

describe('SubRip as it is found', () => {
  it.each([
    ['as it should be', '1\n00:00:01,000 --> 00:00:02,000\nOne\n\n2\n00:00:03,000 --> 00:00:04,000\nTwo\nlines\n'],
    [
      'line ends of Windows',
      '1\r\n00:00:01,000 --> 00:00:02,000\r\nOne\r\n\r\n2\r\n00:00:03,000 --> 00:00:04,000\r\nTwo\r\nlines',
    ],
    ['line ends of old Macs', '1\r00:00:01,000 --> 00:00:02,000\rOne\r\r2\r00:00:03,000 --> 00:00:04,000\rTwo\rlines'],
    ['points for commas', '1\n00:00:01.000 --> 00:00:02.000\nOne\n\n2\n00:00:03.000 --> 00:00:04.000\nTwo\nlines'],
    ['no numbers', '00:00:01,000 --> 00:00:02,000\nOne\n\n00:00:03,000 --> 00:00:04,000\nTwo\nlines'],
    ['no blank lines', '1\n00:00:01,000 --> 00:00:02,000\nOne\n2\n00:00:03,000 --> 00:00:04,000\nTwo\nlines'],
    [
      'too many blank lines',
      '\n\n1\n\n00:00:01,000 --> 00:00:02,000\n\nOne\n\n\n\n2\n00:00:03,000 --> 00:00:04,000\nTwo\n\nlines',
    ],
    [
      'short arrows and coordinates',
      '1\n00:00:01,000 -> 00:00:02,000  X1:1 X2:2 Y1:3 Y2:4\nOne\n\n2\n0:0:3,0 --> 0:0:4,0\nTwo\nlines',
    ],
    ['not in order', '2\n00:00:03,000 --> 00:00:04,000\nTwo\nlines\n\n1\n00:00:01,000 --> 00:00:02,000\nOne'],
  ])('%s', (_, text) => {
    expect(tidyCues(parseSrt(text))).toEqual([cue(1000, 2000, 'One'), cue(3000, 4000, 'Two\nlines')]);
  });

  it.each([
    ['<i>Hello</i>', '<i>Hello</i>'],
    ['<I>Hello</I>', '<i>Hello</i>'],
    ['<i>Hello', '<i>Hello</i>'],
    ['Hello</i>', 'Hello'],
    ['<b><i>Hello</b></i>', '<b><i>Hello</i></b>'],
    ['<font color="#ff0000">Hello</font>', 'Hello'],
    ['<script>alert(1)</script>', 'alert(1)'],
    ['<img src=x onerror=alert(1)>', ''],
    ['Tom & Jerry &amp; all', 'Tom &amp; Jerry &amp; all'],
    ['1 < 2 > 0', '1 &lt; 2 > 0'],
    ['<3 you', '&lt;3 you'],
    ['{\\i1}Hello{\\i0} {y:i}there', 'Hello there'],
    ['a --> b', 'a → b'],
    ['a\u0000b\u0007', 'ab'],
  ])('text %s', (text, wanted) => {
    expect(parseSrt(`1\n00:00:01,000 --> 00:00:02,000\n${text}`)[0]?.text).toBe(wanted);
  });

  it('puts what asks for it at the top', () => {
    const text = '1\n00:00:01,000 --> 00:00:02,000\n{\\an8}Up\n\n2\n00:00:03,000 --> 00:00:04,000\n{\\a6}Up too';
    expect(parseSrt(text)).toEqual([cue(1000, 2000, 'Up', 'line:0'), cue(3000, 4000, 'Up too', 'line:0')]);
  });

  it('keeps numbers that are text', () => {
    const text = '1\n00:00:01,000 --> 00:00:02,000\nHow many?\n42\n\n2\n00:00:03,000 --> 00:00:04,000\n7\n';
    expect(parseSrt(text).map((one) => one.text)).toEqual(['How many?\n42', '7']);
  });

  it('mends times that make no sense, and drops what was over before the start', () => {
    const text =
      '1\n-00:00:03,000 --> -00:00:01,000\nGone\n\n2\n-00:00:01,000 --> 00:00:02,000\nClipped\n\n' +
      '3\n00:00:05,000 --> 00:00:04,000\nBackwards\n\n4\n00:00:05,500 --> 00:00:06,000\nNext\n\n' +
      '5\n999:00:00,000 --> 999:00:01,000\nNever';
    expect(tidyCues(parseSrt(text))).toEqual([
      cue(0, 2000, 'Clipped'),
      cue(5000, 5500, 'Backwards'),
      cue(5500, 6000, 'Next'),
    ]);
  });

  it('says so where there is nothing', () => {
    expect(() => tidyCues(parseSrt('no captions here'))).toThrow(/no caption/);
    expect(() => tidyCues(Array.from({ length: 100_001 }, () => cue(0, 1, 'x')))).toThrow(/100,000/);
  });
});

describe('WebVTT', () => {
  it('keeps cues and their settings, and nothing else', () => {
    const text =
      '\ufeffWEBVTT - title\nX: y\n\nSTYLE\n::cue { background: url(https://x.example) }\n\nNOTE nothing\n\n' +
      'REGION\nid:fred\n\nfirst\n00:01.000 --> 00:02.000 line:0 align:start region:fred bogus:1\n<v Mary>Hello <c.yellow>you</c> <script>x\n\n' +
      '01:00:00.000 --> 01:00:01.500 align:middle\nA &amp; B & <00:30.000>C';
    expect(isVtt(text)).toBe(true);
    expect(parseVtt(text)).toEqual([
      cue(1000, 2000, '<v Mary>Hello <c.yellow>you</c> x', 'line:0 align:start'),
      cue(3_600_000, 3_601_500, 'A &amp; B &amp; <00:30.000>C', 'align:center'),
    ]);
    expect(isVtt('WEBVTTX')).toBe(false);
  });

  it('is written so that it reads back the same', () => {
    const cues = [cue(0, 1500, '<i>One</i>\nline two'), cue(2000, 3000, 'Two', 'line:0')];
    expect(writeVtt(cues)).toBe(
      'WEBVTT\n\n00:00:00.000 --> 00:00:01.500\n<i>One</i>\nline two\n\n00:00:02.000 --> 00:00:03.000 line:0\nTwo\n',
    );
    expect(parseVtt(writeVtt(cues))).toEqual(cues);
    expect(writeVtt([], { segment: true })).toContain('X-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0');
  });

  it('repeats in each segment what is on the screen in it', () => {
    const cues = [cue(0, 1500, 'a'), cue(1000, 9000, 'b'), cue(4000, 5000, 'c'), cue(8000, 9000, 'd')];
    expect(cuesBetween(cues, 4000, 8000).map(({ text }) => text)).toEqual(['b', 'c']);
  });
});

describe('ASS', () => {
  const text = `[Script Info]
Title: x
[V4+ Styles]
Format: Name, Fontname, Fontsize, Alignment
Style: Default,Arial,20,2
Style: Sign,Arial,20,8
[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Comment: 0,0:00:00.00,0:00:05.00,Default,,0,0,0,,not shown
Dialogue: 0,0:00:01.00,0:00:02.50,Default,,0,0,0,,{\\fad(1,2)}Hello, {\\i1}you{\\i0}\\Nthere\\h!
Dialogue: 1,0:00:01.00,0:00:02.50,Default,,0,0,0,,{\\blur2}Hello, {\\i1}you{\\i0}\\Nthere\\h!
Dialogue: 0,0:00:03.00,0:00:04.00,Sign,,0,0,0,,A sign
Dialogue: 0,0:00:03.00,0:00:04.00,Sign,,0,0,0,,{\\p1}m 0 0 l 10 10{\\p0}
`;
  it('is told by its sections', () => {
    expect(isAss(text)).toBe(true);
    expect(isAss('1\n00:00:01,000 --> 00:00:02,000\n[Events]')).toBe(false);
  });

  it('becomes plain cues: once each, no drawings, signs above', () => {
    expect(parseAss(text)).toEqual([
      cue(1000, 2500, 'Hello, <i>you</i>\nthere !'),
      cue(3000, 4000, 'A sign', 'line:0'),
    ]);
  });

  it('is moved in time without a change to anything else', () => {
    const moved = shiftAss(text, -1500);
    expect(moved).toContain('Dialogue: 0,0:00:00.00,0:00:01.00,Default,,0,0,0,,{\\fad(1,2)}Hello');
    expect(moved).toContain('Dialogue: 0,0:00:01.50,0:00:02.50,Sign');
    expect(shiftAss(moved, 1500).replace('0:00:01.50,0:00:02.50,Default', '')).toContain('A sign');
    expect(shiftAss(text, 3)).toBe(text);
  });
});
