/** HLS playlists as lines and attributes, read as strictly as RFC 8216bis writes them. */

export type Attributes = Record<string, string>;

export interface Tag {
  name: string;
  /** What stands behind the colon, and the same as an attribute list where it is one. */
  value: string;
  attributes: Attributes;
  /** The URI line that follows it, for tags that have one. */
  uri: string | null;
}

export interface ParsedPlaylist {
  tags: Tag[];
  broken: string[];
}

/** Section 4.1: lines are tags, URIs, comments or blank; 4.2: attribute names are unique and values have one of their forms. */
export function parsePlaylist(text: string): ParsedPlaylist {
  const broken: string[] = [];
  const tags: Tag[] = [];
  if (text.startsWith('\ufeff')) broken.push('4.1: there is a byte order mark');
  const lines = text.split(/\r?\n/);
  if (lines[0] !== '#EXTM3U') broken.push('4.4.1.1: the first line is not #EXTM3U');
  for (const line of lines) {
    if (line === '' || (line.startsWith('#') && !line.startsWith('#EXT'))) continue;
    if (!line.startsWith('#')) {
      const waiting = [...tags].reverse().find(({ name }) => name === 'EXTINF' || name === 'EXT-X-STREAM-INF');
      if (!waiting || waiting.uri !== null) broken.push(`4.1: nothing announces the URI ${line}`);
      else waiting.uri = line;
      continue;
    }
    const [, name = '', value = ''] = /^#([A-Z0-9-]+)(?::(.*))?$/.exec(line) ?? [];
    const isList = /^(EXT-X-(STREAM-INF|MEDIA|MAP|I-FRAME-STREAM-INF))$/.test(name);
    tags.push({ name, value, attributes: isList ? parseAttributes(value, broken) : {}, uri: null });
  }
  return { tags, broken };
}

const VALUE = /^(?:([A-Z0-9-]+)=("[^"\r\n]*"|0[xX][0-9A-F]+|\d+x\d+|-?\d+(?:\.\d+)?|[^",\s]+))(?:,|$)/;

function parseAttributes(list: string, broken: string[]): Attributes {
  const attributes: Attributes = {};
  for (let rest = list; rest !== ''; ) {
    const match = VALUE.exec(rest);
    if (!match) {
      broken.push(`4.2: not an attribute list: ${rest}`);
      break;
    }
    const [whole, name, value] = match;
    if (name! in attributes) broken.push(`4.2: ${name} is there twice`);
    const wantsQuotes = QUOTED.has(name!);
    if (wantsQuotes !== value!.startsWith('"')) broken.push(`4.2: ${name}=${value} has the wrong form`);
    attributes[name!] = value!.replaceAll('"', '');
    rest = rest.slice(whole.length);
  }
  return attributes;
}

const QUOTED = new Set(
  'CODECS AUDIO VIDEO SUBTITLES GROUP-ID NAME LANGUAGE ASSOC-LANGUAGE CHARACTERISTICS CHANNELS URI BYTERANGE'.split(
    ' ',
  ),
);
