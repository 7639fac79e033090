import { describe, expect, it } from 'vitest';
import { captionExtension, matchCaption, readCaptionName } from './names.ts';

const FILMS = ['Film.mkv', 'Film 2.mkv', 'The.Other.One.2019.1080p.mp4'];
const plain = { language: null, title: null, isForced: false, isSdh: false, isDefault: false };

describe('whose a caption file is, and what it is', () => {
  it.each([
    ['Film.srt', 'Film.mkv', {}],
    ['Film.en.srt', 'Film.mkv', { language: 'en' }],
    ['film.EN.SRT', 'Film.mkv', { language: 'en' }],
    ['Film.eng.srt', 'Film.mkv', { language: 'en' }],
    ['Film.en.forced.srt', 'Film.mkv', { language: 'en', isForced: true }],
    ['Film.forced.en.srt', 'Film.mkv', { language: 'en', isForced: true }],
    ['Film.foreign.en.srt', 'Film.mkv', { language: 'en', isForced: true }],
    ['Film.pt-BR.sdh.srt', 'Film.mkv', { language: 'pt-BR', isSdh: true }],
    ['Film.pt_BR.srt', 'Film.mkv', { language: 'pt-BR' }],
    ['Film.zh-Hant.srt', 'Film.mkv', { language: 'zh-Hant' }],
    ['Film.cht.srt', 'Film.mkv', { language: 'zh-Hant' }],
    ['Film.es-419.srt', 'Film.mkv', { language: 'es-419' }],
    ['Film.eng.hi.default.vtt', 'Film.mkv', { language: 'en', isSdh: true, isDefault: true }],
    ['Film.hi.srt', 'Film.mkv', { language: 'hi' }],
    ['Film.English.ass', 'Film.mkv', { language: 'en' }],
    ['Film.Deutsch.ass', 'Film.mkv', { language: 'de' }],
    ['Film.Brazilian Portuguese.srt', 'Film.mkv', { language: 'pt-BR' }],
    ['Film (English).srt', 'Film.mkv', { language: 'en' }],
    ['Film - Commentary.en.srt', 'Film.mkv', { language: 'en', title: 'Commentary' }],
    ['Film.Director Talks.fr.cc.srt', 'Film.mkv', { language: 'fr', isSdh: true, title: 'Director Talks' }],
    ['Film 2.en.srt', 'Film 2.mkv', { language: 'en' }],
    ['The.Other.One.2019.1080p.it.srt', 'The.Other.One.2019.1080p.mp4', { language: 'it' }],
    ['Film.en.sub', 'Film.mkv', { language: 'en' }],
    ['Subs/Film.en.srt', 'Film.mkv', { language: 'en' }],
    ['Subtitles/Film.srt', 'Film.mkv', {}],
    ['Subs/Film/2_English.srt', 'Film.mkv', { language: 'en' }],
    ['Subs/Film/3_Spanish.forced.srt', 'Film.mkv', { language: 'es', isForced: true }],
    ['subs/The.Other.One.2019.1080p/English.srt', 'The.Other.One.2019.1080p.mp4', { language: 'en' }],
  ])('%s is of %s', (path, film, said) => {
    expect(matchCaption(path, FILMS)).toEqual({ film, name: { ...plain, ...said } });
  });

  it.each([
    ['NFC', 'NFD'],
    ['NFD', 'NFC'],
  ] as const)('knows a film in %s by captions in %s', (ofFilm, ofCaption) => {
    const film = 'Amélie à Paris.mkv'.normalize(ofFilm);
    for (const name of ['Amélie à Paris.en.srt', 'Subs/Amélie à Paris.en.srt', 'Subs/Amélie à Paris/English.srt']) {
      const match = matchCaption(name.normalize(ofCaption), [film, 'Another.mkv']);
      expect(match).toEqual({ film, name: { ...plain, language: 'en' } });
    }
  });

  it.each([
    'Filmmaker.en.srt',
    'Another.srt',
    'Extras/Film.en.srt',
    'Subs/English.srt',
    'Subs/Unknown/2_English.srt',
    'Subs/a/b/Film.srt',
  ])('%s is of none of several', (path) => {
    expect(matchCaption(path, FILMS)).toBeNull();
  });

  it('takes what is in a folder for captions when there is but one film', () => {
    expect(matchCaption('Subs/2_English.srt', ['Film.mkv'])?.name.language).toBe('en');
    expect(matchCaption('English.srt', ['Film.mkv'])).toBeNull();
  });

  it.each([
    ['.new.cut', { title: 'new cut' }],
    ['.1080p', { title: '1080p' }],
    ['.ger.de', { language: 'de', title: 'de' }],
    ['.und', { title: 'und' }],
    ['', {}],
  ])('reads "%s"', (rest, said) => {
    expect(readCaptionName(rest)).toEqual({ ...plain, ...said });
  });

  it('knows caption files by their extension', () => {
    expect(['a.SRT', 'a.vtt', 'a.ssa', 'a.idx', 'a.txt', 'srt', 'a.srt.part'].map(captionExtension)).toEqual([
      'srt',
      'vtt',
      'ssa',
      'idx',
      null,
      null,
      null,
    ]);
  });
});
