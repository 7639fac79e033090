import { createReadStream } from 'node:fs';
import { request } from 'node:http';
import { basename } from 'node:path';
import { sizeOf } from './media.ts';
import { postJson } from './server.ts';

type Headers = Record<string, string>;

const POLL_MS = 5;
const LIMIT_MS = 120_000;
const FILL_LIMIT_MS = 1_800_000;

/** Uploads a file by tus, in one PATCH. Returns the video's id and when the last byte was acknowledged. */
export async function upload(origin: string, signed: Headers, file: string): Promise<{ id: string; doneAt: number }> {
  const sizeBytes = sizeOf(file);
  const reply = await postJson(`${origin}/api/videos/init`, { filename: basename(file), sizeBytes }, signed);
  const { video, upload: resource } = reply as { video: { id: string }; upload: { url: string } };
  await patch(new URL(resource.url, origin), signed, file, sizeBytes);
  return { id: video.id, doneAt: performance.now() };
}

function patch(url: URL, signed: Headers, file: string, sizeBytes: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = {
      ...signed,
      'tus-resumable': '1.0.0',
      'upload-offset': '0',
      'content-type': 'application/offset+octet-stream',
      'content-length': String(sizeBytes),
    };
    const sending = request(url, { method: 'PATCH', headers }, (reply) => {
      let text = '';
      reply.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      reply.on('end', () => {
        if (reply.statusCode === 204) resolve();
        else reject(new Error(`The upload was answered with ${reply.statusCode}: ${text}`));
      });
    });
    sending.on('error', reject);
    createReadStream(file, { highWaterMark: 1 << 20 }).pipe(sending);
  });
}

/** Asks for the video until it can be played, and returns the URL of its multivariant playlist. */
export async function untilPlayable(origin: string, signed: Headers, id: string): Promise<string> {
  const limit = performance.now() + LIMIT_MS;
  while (performance.now() < limit) {
    const reply = await fetch(`${origin}/api/videos/${id}`, { headers: signed });
    const body = (await reply.json()) as {
      video?: { state: string; playable: boolean; failure: string | null };
      playback?: { hls: string };
    };
    if (body.video?.state === 'failed') throw new Error(`The video failed: ${body.video.failure}`);
    if (body.video?.playable && body.playback) return new URL(body.playback.hls, origin).href;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(`The video ${id} did not become playable.`);
}

/** Asks for the video until all of its ladder is stored. */
export async function untilFilled(origin: string, signed: Headers, id: string): Promise<void> {
  const limit = performance.now() + FILL_LIMIT_MS;
  while (performance.now() < limit) {
    const reply = await fetch(`${origin}/api/videos/${id}`, { headers: signed });
    const { video } = (await reply.json()) as { video?: { state: string; failure: string | null } };
    if (video?.state === 'failed') throw new Error(`The video failed: ${video.failure}`);
    if (video?.state === 'ready') return;
    await new Promise((resolve) => setTimeout(resolve, 10 * POLL_MS));
  }
  throw new Error(`The ladder of video ${id} was not filled.`);
}

/** A rendition's parts: its init segment, and each segment with the second it starts at. */
export interface Playlist {
  /** Lines of the picture. */
  lines: number;
  init: string;
  segments: { url: string; start: number; seconds: number }[];
}

/** The playlists of all video renditions, best first. */
export async function allPlaylists(multivariant: string, signed: Headers): Promise<Playlist[]> {
  const lines = (await text(multivariant, signed)).split('\n');
  const variants = lines.flatMap((line, index) => {
    const bandwidth = /^#EXT-X-STREAM-INF:.*?\bBANDWIDTH=(\d+)/.exec(line)?.[1];
    const height = Number(/\bRESOLUTION=\d+x(\d+)/.exec(line)?.[1]);
    const uri = lines[index + 1];
    return bandwidth && uri ? [{ bandwidth: Number(bandwidth), height, url: new URL(uri, multivariant).href }] : [];
  });
  const sorted = variants.sort((a, b) => b.bandwidth - a.bandwidth);
  return Promise.all(
    sorted.map(async ({ url, height }) => ({ lines: height, ...parsePlaylist(await text(url, signed), url) })),
  );
}

/** The playlist of the best video rendition, which for a codec that browsers play is the copied one. */
export async function bestPlaylist(multivariant: string, signed: Headers): Promise<Playlist> {
  const [best] = await allPlaylists(multivariant, signed);
  if (!best) throw new Error('The video offers no qualities.');
  return best;
}

/** The playlists of all groups of sound. */
export async function soundPlaylists(multivariant: string, signed: Headers): Promise<Omit<Playlist, 'lines'>[]> {
  const lines = (await text(multivariant, signed)).split('\n');
  const uris = lines.flatMap((line) => /^#EXT-X-MEDIA:TYPE=AUDIO.*?URI="([^"]+)"/.exec(line)?.[1] ?? []);
  const urls = uris.map((uri) => new URL(uri, multivariant).href);
  return Promise.all(urls.map(async (url) => parsePlaylist(await text(url, signed), url)));
}

function parsePlaylist(body: string, base: string): Omit<Playlist, 'lines'> {
  const init = /#EXT-X-MAP:.*?URI="([^"]+)"/.exec(body)?.[1] ?? '';
  const segments: Playlist['segments'] = [];
  let start = 0;
  for (const [, duration, uri] of body.matchAll(/#EXTINF:([\d.]+),.*\n(?:#.*\n)*([^#\n].*)/g)) {
    const seconds = Number(duration);
    segments.push({ url: new URL(uri ?? '', base).href, start, seconds });
    start += seconds;
  }
  return { init: new URL(init, base).href, segments };
}

/** Fetches something whole; anything but 200 throws. Returns how many bytes it had. */
export async function get(url: string, signed: Headers): Promise<number> {
  const reply = await fetch(url, { headers: signed });
  const bytes = await reply.arrayBuffer();
  if (reply.status !== 200) throw new Error(`${url} was answered with ${reply.status}`);
  return bytes.byteLength;
}

async function text(url: string, signed: Headers): Promise<string> {
  const reply = await fetch(url, { headers: signed });
  if (reply.status !== 200) throw new Error(`${url} was answered with ${reply.status}: ${await reply.text()}`);
  return reply.text();
}
