import { analyse } from 'chardet';

/** Which encoding a text file was written in, as nobody says. */

export interface DecodedText {
  text: string;
  /** WHATWG name, such as "windows-1251". */
  encoding: string;
  /** True where UTF-8 had been taken for windows-1252 and encoded once more ("Ã©" for "é"), which was undone. */
  repaired: boolean;
}

/** What people wrote a language in before Unicode, likeliest first; `script`: what its letters are. */
const HABITS: { languages: string; encodings: string[]; script: RegExp }[] = [
  {
    languages: 'ru uk be bg sr mk',
    encodings: ['windows-1251', 'koi8-r', 'iso-8859-5'],
    script: /\p{Script=Cyrillic}/u,
  },
  { languages: 'pl cs sk hu sl hr bs ro sq', encodings: ['windows-1250', 'iso-8859-2'], script: /\p{Script=Latin}/u },
  { languages: 'el', encodings: ['windows-1253', 'iso-8859-7'], script: /\p{Script=Greek}/u },
  { languages: 'tr az', encodings: ['windows-1254'], script: /\p{Script=Latin}/u },
  { languages: 'he yi', encodings: ['windows-1255', 'iso-8859-8'], script: /\p{Script=Hebrew}/u },
  { languages: 'ar fa ur ku ps', encodings: ['windows-1256', 'iso-8859-6'], script: /\p{Script=Arabic}/u },
  { languages: 'lt lv et', encodings: ['windows-1257'], script: /\p{Script=Latin}/u },
  { languages: 'vi', encodings: ['windows-1258'], script: /\p{Script=Latin}/u },
  { languages: 'th', encodings: ['windows-874'], script: /\p{Script=Thai}/u },
  {
    languages: 'ja',
    encodings: ['shift_jis', 'euc-jp'],
    script: /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u,
  },
  { languages: 'ko', encodings: ['euc-kr'], script: /\p{Script=Hangul}/u },
  { languages: 'zh', encodings: ['gb18030', 'big5'], script: /\p{Script=Han}/u },
];
const WESTERN = { encodings: ['windows-1252'], script: /\p{Script=Latin}/u };
/** Detected names that mean another one in practice (WHATWG Encoding Standard 4.2), or that only a mail would use. */
const MEANT: Record<string, string> = {
  ascii: 'utf-8',
  'iso-8859-1': 'windows-1252',
  'iso-8859-9': 'windows-1254',
  'iso-8859-8': 'windows-1255',
  'iso-8859-6': 'windows-1256',
};
/** What text has beside letters: punctuation, currency, notes of music. */
const USUAL = /[\p{P}\p{Sc}\s\d\u266a\u266b\u00b0\u00a9\u00ae\u2122\u00d7\u00bd]/u;

/**
 * Decodes a caption file. UTF-8 and UTF-16 are known by their bytes; all else is told by what the language is usually written
 * in, if it is known, and by the statistics of its letters.
 */
export function decodeCaptions(bytes: Uint8Array, language: string | null = null): DecodedText {
  const unicode = unicodeOf(bytes);
  if (unicode) {
    const text = new TextDecoder(unicode).decode(bytes);
    const undone = unicode === 'utf-8' ? undoDoubleEncoding(text) : null;
    return { text: undone ?? text, encoding: unicode, repaired: undone !== null };
  }
  const expected = habitOf(language);
  const usual = (expected?.encodings ?? []).flatMap((encoding) => {
    const text = tryDecode(bytes, encoding);
    return text !== null && plausible(text, expected!.script) ? [{ text, encoding, repaired: false }] : [];
  });
  const likeliest = usual.sort((a, b) => swappedWords(a.text) - swappedWords(b.text))[0];
  if (likeliest) return likeliest;
  for (const { name } of analyse(bytes.subarray(0, 200_000))) {
    const encoding = MEANT[name.toLowerCase()] ?? name.toLowerCase();
    const text = encoding === 'utf-8' ? null : tryDecode(bytes, encoding);
    if (text !== null) return { text, encoding, repaired: false };
  }
  return { text: new TextDecoder('windows-1252').decode(bytes), encoding: 'windows-1252', repaired: false };
}

function unicodeOf(bytes: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  // Times and line ends are ASCII in every caption file: in UTF-16 every other byte of them is zero.
  const head = bytes.subarray(0, 4000);
  const zeros = [0, 0];
  for (const [at, byte] of head.entries()) if (byte === 0) zeros[at % 2]!++;
  if (zeros[1]! > head.length / 5 && zeros[0]! < head.length / 20) return 'utf-16le';
  if (zeros[0]! > head.length / 5 && zeros[1]! < head.length / 20) return 'utf-16be';
  return tryDecode(bytes, 'utf-8') === null ? null : 'utf-8';
}

function habitOf(language: string | null) {
  if (!language) return null;
  const primary = language.split('-')[0]!;
  const habit = HABITS.find(({ languages }) => languages.split(' ').includes(primary)) ?? WESTERN;
  const traditional = primary === 'zh' && /-(Hant|TW|HK|MO)\b/i.test(language);
  return traditional ? { ...habit, encodings: ['big5', 'gb18030'] } : habit;
}

function tryDecode(bytes: Uint8Array, encoding: string): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Nine in ten characters beyond ASCII are letters of the script, or usual signs; none is a control character. */
function plausible(text: string, script: RegExp): boolean {
  let beyond = 0;
  let right = 0;
  for (const char of text) {
    if (char < '\u0080') continue;
    if (char < '\u00a0') return false;
    beyond++;
    if (script.test(char)) right++;
    else if (USUAL.test(char)) right += 0.9;
  }
  return right >= beyond * 0.9;
}

/** KOI8-R read as windows-1251 has small letters for capitals and the other way round: "пРИВЕТ". */
function swappedWords(text: string): number {
  return text.match(/(?<!\p{L})\p{Ll}\p{Lu}/gu)?.length ?? 0;
}

/** Byte by character of windows-1252, and of the control characters it leaves open. */
const bytesOf1252 = new Map(
  Array.from({ length: 128 }, (_, n) => [new TextDecoder('windows-1252').decode(new Uint8Array([128 + n])), 128 + n]),
);
/** Fewer could be an accident of capitals and quotation marks. */
const CERTAIN = 3;

/** The text behind a double encoding; null unless all of it is doubly encoded. */
function undoDoubleEncoding(text: string): string | null {
  if (!/[\u00c2-\u00f4]/.test(text)) return null;
  const bytes = new Uint8Array(text.length);
  let length = 0;
  for (const char of text.replace(/^\ufeff/, '')) {
    const byte = char < '\u0080' ? char.charCodeAt(0) : bytesOf1252.get(char);
    if (byte === undefined) return null;
    bytes[length++] = byte;
  }
  const decoded = tryDecode(bytes.subarray(0, length), 'utf-8');
  const repaired = decoded === null ? 0 : [...decoded].filter((char) => char >= '\u0080').length;
  return repaired >= CERTAIN ? decoded : null;
}
