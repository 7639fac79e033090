import { type Cue, readTime } from './cues.ts';
import { cleanVttText, trimmed } from './text.ts';

const TIMING = /^\s*([\d:.,]{4,20})\s*-->\s*([\d:.,]{4,20})(?:\s+(.*))?$/;
/** Cue settings (W3C WebVTT section 4.4) by value; regions are left out, and so are references to them. */
const SETTING: Record<string, RegExp> = {
  vertical: /^(rl|lr)$/,
  line: /^(-?\d{1,4}|\d{1,3}(\.\d+)?%)(,(start|center|end))?$/,
  position: /^\d{1,3}(\.\d+)?%(,(line-left|center|line-right))?$/,
  size: /^\d{1,3}(\.\d+)?%$/,
  align: /^(start|center|end|left|right|middle)$/,
};

/** Whether a text is WebVTT at all: it says so in its first line. */
export function isVtt(text: string): boolean {
  return /^\uFEFF?WEBVTT(?:[ \t]|\r|\n|$)/.test(text);
}

/**
 * WebVTT with its cue settings. Styles, regions, notes and names of cues are left out: what a stranger's file may do to
 * our page is to show text. A timestamp map (HLS) is not taken into account: such a file is a segment, not a whole.
 */
export function parseVtt(text: string): Cue[] {
  const blocks = text
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n')
    .split(/\n{2,}/);
  return blocks.flatMap((block) => {
    const lines = block.split('\n').filter((line, n, all) => line !== '' || n < all.length - 1);
    const at = lines.findIndex((line) => TIMING.test(line));
    // One line, the cue's name, may be before its times.
    if (at < 0 || at > 1) return [];
    const [, start, end, settings = ''] = TIMING.exec(lines[at]!)!;
    const [startMs, endMs] = [readTime(start!), readTime(end!)];
    if (startMs === null || endMs === null) return [];
    const body = trimmed(cleanVttText(lines.slice(at + 1).join('\n')));
    return [{ startMs, endMs, text: body, settings: cleanSettings(settings) }];
  });
}

function cleanSettings(settings: string): string {
  return settings
    .split(/\s+/)
    .filter((setting) => {
      const [name = '', value = ''] = setting.split(/:(.*)/s);
      return SETTING[name]?.test(value) ?? false;
    })
    .map((setting) => (setting === 'align:middle' ? 'align:center' : setting))
    .join(' ');
}
