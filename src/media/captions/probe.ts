import { asRecord, integer, type Json, listOf } from '../probe/json.ts';
import { languageTag } from '../probe/languages.ts';
import { cleanText } from '../probe/titles.ts';

/** What extraction needs to know beside what every probe tells: see `probeCaptionsArgv`. */
export interface CaptionProbe {
  tracks: {
    index: number;
    codec: string;
    /** Of the canvas that pictures are drawn on; null where nobody says. */
    width: number | null;
    height: number | null;
    language: string | null;
    title: string | null;
    isSdh: boolean;
  }[];
  fonts: { index: number; extension: FontExtension }[];
}

export type FontExtension = 'ttf' | 'otf' | 'ttc' | 'woff' | 'woff2';
const EXTENSIONS: readonly string[] = ['ttf', 'otf', 'ttc', 'woff', 'woff2'];
/** Fansubbers bring dozens. */
const MOST_FONTS = 64;

export function readCaptionProbe(json: unknown): CaptionProbe {
  const streams = listOf(asRecord(json).streams);
  const tracks = streams
    .filter((stream) => stream.codec_type === 'subtitle')
    .map((stream) => ({
      index: integer(stream.index) ?? -1,
      codec: String(stream.codec_name ?? 'unknown'),
      width: size(stream.width),
      height: size(stream.height),
      language: languageTag(tag(stream, 'language')),
      title: cleanText(tag(stream, 'title')),
      isSdh: asRecord(stream.disposition).hearing_impaired === 1,
    }));
  const fonts = streams
    .filter((stream) => stream.codec_type === 'attachment')
    .flatMap((stream) => {
      const extension = fontExtension(stream);
      return extension ? [{ index: integer(stream.index) ?? -1, extension }] : [];
    });
  return { tracks: tracks.filter(({ index }) => index >= 0), fonts: fonts.slice(0, MOST_FONTS) };
}

/** By its name, else by its type: Matroska files call fonts many things. */
function fontExtension(stream: Json): FontExtension | null {
  const named = /\.([a-z0-9]{3,5})$/i.exec(String(tag(stream, 'filename') ?? ''))?.[1]?.toLowerCase() ?? '';
  if (EXTENSIONS.includes(named)) return named as FontExtension;
  const mime = String(tag(stream, 'mimetype') ?? '').toLowerCase();
  if (stream.codec_name === 'otf' || /opentype|otf/.test(mime)) return 'otf';
  return stream.codec_name === 'ttf' || /truetype|ttf|font/.test(mime) ? 'ttf' : null;
}

function tag(stream: Json, name: string): unknown {
  return Object.entries(asRecord(stream.tags)).find(([key]) => key.toLowerCase() === name)?.[1];
}

const size = (value: unknown) => {
  const pixels = integer(value);
  return pixels !== null && pixels > 0 && pixels <= 8192 ? pixels : null;
};
