import { describe, expect, it } from 'vitest';
import type { CaptionWire } from '../../src/features/captions/api.ts';
import { automaticCaption, wayToShow } from './captions-choice.ts';

const caption = (change: Partial<CaptionWire>): CaptionWire => ({
  id: 'a',
  language: 'en',
  label: 'English',
  kind: 'subtitles',
  format: 'vtt',
  forced: false,
  default: false,
  url: '/a.vtt',
  vtt: '/a.vtt',
  fonts: [],
  burnt: null,
  ...change,
});

describe('how a track is shown', () => {
  const ass = caption({ format: 'ass', url: '/a.ass' });
  const pgs = caption({ format: 'pgs', url: '/a.sup', vtt: null, burnt: '/burnt-a.m3u8' });
  const dvd = caption({ format: 'picture', url: null, vtt: null, burnt: '/burnt-a.m3u8' });
  it.each([
    [caption({}), [], 'text'],
    [ass, [], 'ass'],
    [ass, ['a'], 'text'],
    [pgs, [], 'pgs'],
    [pgs, ['a'], 'burnt'],
    [dvd, [], 'burnt'],
    [{ ...dvd, burnt: null }, [], null],
  ] as const)('%#', (track, failed, way) => expect(wayToShow(track, new Set(failed))).toBe(way));
});

describe('what is shown before anybody chooses', () => {
  const english = caption({ id: 'en' });
  const deaf = caption({ id: 'sdh', kind: 'captions', label: 'English (SDH)' });
  const signs = caption({ id: 'signs', forced: true, label: 'English (forced)' });
  const brazilian = caption({ id: 'br', language: 'pt-BR', label: 'Brazilian Portuguese' });
  const nameless = caption({ id: 'x', language: null, label: 'Commentary' });
  const all = [signs, deaf, english, brazilian, nameless];
  it.each([
    ['nothing, where nothing was ever chosen', null, 'fr', null],
    ['the forced track of what is spoken', null, 'en', 'signs'],
    ['what was chosen last, whatever is spoken', 'en', 'fr', 'en'],
    ['a whole track, not the forced one', 'en', 'en', 'en'],
    ['the nearest variant', 'pt', 'en', 'br'],
    ['a track without a language by its name', 'Commentary', 'en', 'x'],
    ['the forced one where the wanted one is missing', 'ja', 'en-US', 'signs'],
  ])('%s', (_, wanted, spoken, id) => expect(automaticCaption(all, { wanted, spoken })?.id ?? null).toBe(id));
});
