import { ascii, findAscii, looksLikeText, startsWith, u32 } from './sniff-bytes.ts';

/**
 * What is refused whatever else it may look like. ffmpeg opens other files and hosts when told so by a playlist, wherever it
 * finds one: none gets that far. Returns a sentence for whoever sent the file, or null.
 */
export function refuse(head: Uint8Array): string | null {
  if (head.length === 0) return 'The file is empty. Send it again.';
  if (startsWith(head, 'RIFF') && ascii(head, 8, 4) === 'AVI ' && hidesPlaylist(head)) {
    return 'This AVI hides a playlist among its subtitles, as files do that are made to attack servers. It is not accepted.';
  }
  const binary = SIGNATURES.find(([signature, at = 0]) => ascii(head, at, signature.length) === signature);
  if (binary) return binary[2];
  if (isPicture(head)) return PICTURE;
  return looksLikeText(head) || hasUtf16Bom(head) ? refuseText(textOf(head)) : null;
}

const PICTURE = 'This is a picture. Send a video or a sound file.';
const ARCHIVE = 'This is an archive. Unpack it and send the video inside.';
const DOCUMENT = 'This is a document. Send a video or a sound file.';
const PROGRAM = 'This is a program. Send a video or a sound file.';
const PLAYLIST = 'This is a playlist, which only names other files. Send the video itself.';
const PAGE =
  'This is a web page or an XML file, perhaps saved in place of the video. Download the video itself and send that.';

const SIGNATURES: readonly [signature: string, at: number, reason: string][] = [
  ['\xff\xd8\xff', 0, PICTURE],
  ['\x89PNG\r\n\x1a\n', 0, PICTURE],
  ['GIF87a', 0, PICTURE],
  ['GIF89a', 0, PICTURE],
  ['WEBP', 8, PICTURE],
  ['II*\0', 0, PICTURE],
  ['MM\0*', 0, PICTURE],
  ['8BPS', 0, PICTURE],
  ['\0\0\0\x0cjP  ', 0, PICTURE],
  ['\0\0\0\x0cJXL ', 0, PICTURE],
  ['PK\x03\x04', 0, ARCHIVE],
  ['PK\x05\x06', 0, ARCHIVE],
  ['Rar!\x1a\x07', 0, ARCHIVE],
  ['7z\xbc\xaf\x27\x1c', 0, ARCHIVE],
  ['\x1f\x8b', 0, ARCHIVE],
  ['BZh', 0, ARCHIVE],
  ['\xfd7zXZ\0', 0, ARCHIVE],
  ['\x28\xb5\x2f\xfd', 0, ARCHIVE],
  ['ustar', 257, ARCHIVE],
  ['%PDF-', 0, DOCUMENT],
  ['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 0, DOCUMENT],
  ['{\\rtf', 0, DOCUMENT],
  ['\x7fELF', 0, PROGRAM],
  ['MZ', 0, PROGRAM],
  ['\xca\xfe\xba\xbe', 0, PROGRAM],
  ['\xcf\xfa\xed\xfe', 0, PROGRAM],
  ['\xfe\xed\xfa\xcf', 0, PROGRAM],
  ['#!', 0, PROGRAM],
];

/** Brands of ISO BMFF files that hold still pictures (HEIF, ISO/IEC 23008-12; AVIF). Sequences of them are films to nobody. */
const PICTURE_BRANDS = new Set([
  'heic',
  'heix',
  'heim',
  'heis',
  'hevc',
  'hevx',
  'mif1',
  'mif2',
  'msf1',
  'avif',
  'avis',
  'crx ',
]);

function isPicture(head: Uint8Array): boolean {
  if (ascii(head, 0, 2) === 'BM' && head.length > 18 && [12, 40, 108, 124].includes(head[14]!)) return true;
  return ascii(head, 4, 4) === 'ftyp' && u32(head, 0) >= 16 && PICTURE_BRANDS.has(ascii(head, 8, 4));
}

/** GAB2 subtitles in AVI: ffmpeg probes their text anew, as whatever format it looks like. */
function hidesPlaylist(head: Uint8Array): boolean {
  return (
    findAscii(head, '#EXTM3U') !== -1 || findAscii(head, '#\0E\0X\0T\0M\0') !== -1 || findAscii(head, 'ffconcat') !== -1
  );
}

function hasUtf16Bom(head: Uint8Array): boolean {
  return startsWith(head, '\xff\xfe') || startsWith(head, '\xfe\xff');
}

/** The first of the text in lower case, without byte order mark and white space before it. */
function textOf(head: Uint8Array): string {
  const encoding = startsWith(head, '\xff\xfe') ? 'utf-16le' : startsWith(head, '\xfe\xff') ? 'utf-16be' : 'utf-8';
  return new TextDecoder(encoding)
    .decode(head.subarray(0, 4096))
    .replace(/^[\s\ufeff]+/, '')
    .toLowerCase();
}

function refuseText(text: string): string | null {
  if (text === '') return 'The file holds nothing but blanks. Send it again.';
  if (/^(#extm3u|ffconcat|\[playlist\]|\[reference\]|#ext-x-|#extinf)/.test(text)) return PLAYLIST;
  if (/^(file\s+["']|(https?|rtsp|rtmp|file|concat|subfile|data):)/.test(text)) return PLAYLIST;
  if (/^\s*track \d+ audio\s*$/m.test(text)) return PLAYLIST;
  if (/^<(\?xml|!doctype|html|mpd|smil|asx|svg|head|script|!--)/.test(text)) return PAGE;
  if (/^(webvtt|\d+\s*\n\d\d:\d\d:\d\d[,.]\d{3} -->|\[script info\])/.test(text)) {
    return 'These are subtitles without a video. Add them to the video they belong to.';
  }
  if (/^[^\n]{1,300}\.(m3u8?|mp4|mkv|webm|ts|mp3|aac|mov)\s*$/m.test(text)) return PLAYLIST;
  return null;
}
