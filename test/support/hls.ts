import { writeFileSync } from 'node:fs';
import type { TestClient } from './client.ts';

/** Reads HLS as a player does, for tests that look into every segment. */

export interface Variant {
  url: string;
  attributes: Record<string, string>;
}
export interface MediaPlaylist {
  initUrl: string;
  segments: { url: string; durationSec: number }[];
}

const attributesOf = (line: string) =>
  Object.fromEntries(
    [...line.matchAll(/([A-Z0-9-]+)=("[^"]*"|[^,]*)/g)].map((match) => [match[1]!, match[2]!.replaceAll('"', '')]),
  );

export async function readMultivariant(
  client: TestClient,
  url: string,
): Promise<{ variants: Variant[]; audio: Variant[] }> {
  const lines = (await client.bytes(url)).toString('utf8').split('\n');
  const base = new URL(url, 'http://host/');
  const pathOf = (uri: string) => new URL(uri, base).pathname;
  const variants = lines.flatMap((line, n) =>
    line.startsWith('#EXT-X-STREAM-INF:') ? [{ url: pathOf(lines[n + 1]!), attributes: attributesOf(line) }] : [],
  );
  const audio = lines
    .filter((line) => line.startsWith('#EXT-X-MEDIA:') && line.includes('TYPE=AUDIO'))
    .map((line) => ({ url: pathOf(attributesOf(line)['URI']!), attributes: attributesOf(line) }));
  return { variants, audio };
}

export async function readPlaylist(client: TestClient, url: string): Promise<MediaPlaylist> {
  const lines = (await client.bytes(url)).toString('utf8').split('\n');
  const base = new URL(url, 'http://host/');
  const initUri = attributesOf(lines.find((line) => line.startsWith('#EXT-X-MAP:'))!)['URI']!;
  const segments = lines.flatMap((line, n) =>
    line.startsWith('#EXTINF:')
      ? [{ url: new URL(lines[n + 1]!, base).pathname, durationSec: Number.parseFloat(line.slice(8)) }]
      : [],
  );
  return { initUrl: new URL(initUri, base).pathname, segments };
}

/** All bytes of a rendition as one file: its init segment and every segment behind it. */
export async function download(client: TestClient, playlistUrl: string, path: string): Promise<MediaPlaylist> {
  const playlist = await readPlaylist(client, playlistUrl);
  const parts = [await client.bytes(playlist.initUrl)];
  for (const { url } of playlist.segments) parts.push(await client.bytes(url));
  writeFileSync(path, Buffer.concat(parts));
  return playlist;
}
