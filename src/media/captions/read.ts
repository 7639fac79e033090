import { isAss, parseAss } from './ass.ts';
import { type Cue, captionsUnreadable, MOST_BYTES, tidyCues } from './cues.ts';
import { decodeCaptions } from './encoding.ts';
import { parseSrt } from './srt.ts';
import { isVtt, parseVtt } from './vtt.ts';

export interface ReadCaptions {
  cues: Cue[];
  /** The text itself, where it is ASS, in UTF-8. */
  ass: string | null;
  encoding: string;
  /** True where a double encoding was undone. */
  repaired: boolean;
}

/**
 * Reads a caption file of any text format; its content tells which. `language` helps with encodings of before Unicode.
 * Throws `captions-unreadable` with a sentence for its owner.
 */
export function readCaptions(bytes: Uint8Array, language: string | null): ReadCaptions {
  if (bytes.length > MOST_BYTES) {
    throw captionsUnreadable(`It is larger than ${MOST_BYTES / 1024 / 1024} MB, which no caption file is.`);
  }
  const { text, encoding, repaired } = decodeCaptions(bytes, language);
  const ass = isAss(text) ? text.replace(/^\uFEFF/, '') : null;
  const cues = ass ? parseAss(ass) : isVtt(text) ? parseVtt(text) : parseSrt(text);
  if (cues.length === 0 && text.includes('\u0000')) {
    throw captionsUnreadable('This is no text. Add captions as SRT, WebVTT or ASS.');
  }
  return { cues: tidyCues(cues), ass, encoding, repaired };
}
