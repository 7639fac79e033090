import { languageName } from '../plan/labels.ts';
import { languageTag } from '../probe/languages.ts';

/** What the name of a caption file beside a film says: whose it is, its language, what it is for. */

const CAPTION_EXTENSIONS = ['srt', 'vtt', 'ass', 'ssa', 'sub', 'idx'] as const;
export type CaptionExtension = (typeof CAPTION_EXTENSIONS)[number];

export interface CaptionName {
  /** BCP 47. */
  language: string | null;
  /** What is left of the name: "Commentary". */
  title: string | null;
  isForced: boolean;
  /** For people who do not hear: with sounds and speakers. */
  isSdh: boolean;
  isDefault: boolean;
}

const FOLDERS = /^(?:subs?|subtitles?|captions?|cc|vobsubs?|srt|legendas|untertitel)$/i;
/** Words that say nothing about a track that is one of a kind anyway. */
const FILLERS = new Set([
  'full',
  'normal',
  'subs',
  'sub',
  'subtitle',
  'subtitles',
  'captions',
  'utf8',
  'utf-8',
  'srt',
  'track',
]);
const FORCED = new Set(['forced', 'foreign']);
const SDH = new Set(['sdh', 'cc', 'hoh', 'hearing-impaired', 'impaired']);

/** The extension of a caption file, or null: lower case, without its dot. */
export function captionExtension(path: string): CaptionExtension | null {
  const extension = /\.([a-z]{3})$/i.exec(path)?.[1]?.toLowerCase() ?? '';
  return CAPTION_EXTENSIONS.find((known) => known === extension) ?? null;
}

/** Whether a folder of this name holds the captions of the films beside it. */
export function isCaptionFolder(name: string): boolean {
  return FOLDERS.test(name);
}

/**
 * Which of the films of one folder a caption file belongs to, and what its name says; null where it belongs to none.
 * `path` is relative to that folder: "Film.en.srt", "Subs/Film.srt", "Subs/Film/2_English.srt", "Subs/English.srt" (when
 * there is but one film). `films` are names with their extensions.
 */
export function matchCaption(path: string, films: readonly string[]): { film: string; name: CaptionName } | null {
  // macOS writes names decomposed, other systems as they were typed: the same name has two lengths.
  const parts = path.normalize('NFC').split(/[\\/]/);
  const stem = parts.pop()!.replace(/\.[a-z]{3}$/i, '');
  if (parts.length > 0 && !isCaptionFolder(parts[0]!)) return null;
  if (parts.length > 2) return null;
  const found = longestOf(films, (film) => restOf(stem, film));
  if (found && parts.length < 2) return { film: found.film, name: readCaptionName(found.rest) };
  if (parts.length === 2) {
    const film = films.find((candidate) => same(stemOf(candidate.normalize('NFC')), parts[1]!));
    if (!film) return null;
    return { film, name: readCaptionName(restOf(stem, film) ?? stem) };
  }
  return parts.length === 1 && films.length === 1 ? { film: films[0]!, name: readCaptionName(stem) } : null;
}

/** The film with the longest name that fits: "Film 2.en.srt" is not of "Film". */
function longestOf(films: readonly string[], rest: (film: string) => string | null) {
  return films
    .map((film) => ({ film, rest: rest(film) }))
    .filter((candidate): candidate is { film: string; rest: string } => candidate.rest !== null)
    .sort((a, b) => b.film.length - a.film.length)[0];
}

/** What follows a film's name in a caption's: "" for the same name, null for another's. */
function restOf(stem: string, film: string): string | null {
  const own = stemOf(film.normalize('NFC'));
  if (same(stem, own)) return '';
  if (!same(stem.slice(0, own.length), own)) return null;
  return /^[\s._\-([]/.test(stem.slice(own.length)) ? stem.slice(own.length) : null;
}

const stemOf = (film: string) => film.replace(/\.[A-Za-z0-9]{2,5}$/, '');
const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

/** Reads ".en.forced", "2_English", ".pt-BR.sdh", ".eng.hi.default", ".Commentary.en". */
export function readCaptionName(rest: string): CaptionName {
  const name: CaptionName = { language: null, title: null, isForced: false, isSdh: false, isDefault: false };
  const words = rest
    .replace(/[()[\]]/g, '.')
    .split(/[._\s]+|-(?![A-Za-z]{2,4}\b|\d{3}\b)/)
    .map((word) => word.replace(/^-+|-+$/g, ''))
    .filter((word) => word !== '');
  const title: string[] = [];
  // "hi" is Hindi, unless another word names the language: then it is "hearing impaired".
  const impaired = words.some((word) => !same(word, 'hi') && languageOf(word) !== null);
  for (let n = 0; n < words.length; n++) {
    const word = words[n]!;
    const lower = word.toLowerCase();
    const two = words[n + 1] === undefined ? null : languageOf(`${word} ${words[n + 1]}`);
    if (FORCED.has(lower)) name.isForced = true;
    else if (SDH.has(lower) || (lower === 'hi' && impaired)) name.isSdh = true;
    else if (lower === 'default') name.isDefault = true;
    else if (/^\d{1,3}$/.test(word) || FILLERS.has(lower)) continue;
    else if (name.language === null && two) {
      name.language = two;
      n++;
    } else if (name.language === null && languageOf(word)) name.language = languageOf(word);
    else if (name.language && !name.language.includes('-') && isRegion(words[n - 1], word, name.language)) {
      name.language = languageTag(`${name.language}-${word}`);
    } else title.push(word);
  }
  return { ...name, title: title.length > 0 ? title.join(' ').slice(0, 80) : null };
}

/** "pt_BR": a region in capitals, right behind the language's code. */
function isRegion(before: string | undefined, word: string, language: string): boolean {
  return /^([A-Z]{2}|Hans|Hant|419)$/.test(word) && before !== undefined && languageTag(before) === language;
}

/** Two-letter codes that are words of other names as well are left to whoever looks at the rest. */
const CODES = (
  'ar bg bn bs ca cs cy da de el en es et eu fa fi fil fr ga gl gu he hi hr hu hy id is it ja ka kk km kn ko lo lt lv mk ' +
  'ml mn mr ms mt my nb ne nl nn no pa pl pt pt-BR pt-PT ro ru si sk sl sq sr sv sw ta te th tr uk ur uz vi zh zh-Hans zh-Hant'
).split(' ');

/** What people write besides. */
const SPOKEN = [
  ['chinese simplified', 'zh-Hans'],
  ['simplified', 'zh-Hans'],
  ['chs', 'zh-Hans'],
  ['chinese traditional', 'zh-Hant'],
  ['traditional', 'zh-Hant'],
  ['cht', 'zh-Hant'],
  ['brazilian', 'pt-BR'],
  ['pob', 'pt-BR'],
  ['pb', 'pt-BR'],
  ['latino', 'es-419'],
  ['castellano', 'es-ES'],
  ['farsi', 'fa'],
  ['jp', 'ja'],
  ['gr', 'el'],
] as const;

let known: Map<string, string> | null = null;

/** Codes by the names of their languages, in English and in themselves. Made when it is first asked: ICU reads each one's locale. */
function knownNames(): Map<string, string> {
  if (known) return known;
  known = new Map();
  for (const code of CODES) {
    for (const spoken of [languageName(code), nativeName(code)]) {
      if (spoken) known.set(spoken.toLowerCase(), code);
    }
  }
  for (const [spoken, code] of SPOKEN) known.set(spoken, code);
  return known;
}

function nativeName(code: string): string | null {
  return new Intl.DisplayNames([code], { type: 'language', fallback: 'none' }).of(code) ?? null;
}

/** The language a word names: "en", "eng", "pt-BR", "English", "Deutsch". Null for any other word. */
function languageOf(word: string): string | null {
  const spoken = knownNames().get(word.toLowerCase());
  if (spoken) return spoken;
  if (!/^[A-Za-z]{2,3}(?:-[A-Za-z]{2,4}|-\d{3})?$/.test(word)) return null;
  const tag = languageTag(word);
  // A three-letter code without a shorter one is more likely a word: "new", "cut", "ita" is known.
  if (!tag || tag.split('-')[0]!.length !== 2) return null;
  return languageName(tag) ? tag : null;
}
