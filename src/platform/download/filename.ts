import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders } from 'node:http';
import { parse } from 'content-disposition';
import { cleanText } from '../../media/probe/titles.ts';

/**
 * What a fetched file is called: as its server says (RFC 6266, with RFC 8187's `filename*` first), else by the last part of
 * the address. Never a path. Null where neither says anything.
 */
export function filenameOf(headers: IncomingHttpHeaders, url: URL): string | null {
  const disposition = headers['content-disposition'];
  const said = disposition === undefined ? undefined : parse(asUtf8(disposition)).parameters['filename'];
  return nameIn(said ?? '') ?? filenameOfUrl(url);
}

export function filenameOfUrl({ pathname }: URL): string | null {
  const last = pathname.split('/').at(-1) ?? '';
  try {
    return nameIn(decodeURIComponent(last));
  } catch {
    return nameIn(last);
  }
}

/** Node reads headers as Latin-1; many servers write UTF-8. What is not valid UTF-8 was Latin-1. */
function asUtf8(header: string): string {
  const bytes = Buffer.from(header, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : header;
}

/** Servers on Windows send whole paths. */
function nameIn(text: string): string | null {
  const name = cleanText(text.split(/[/\\]/).at(-1));
  return name === null || /^\.+$/.test(name) ? null : name;
}
