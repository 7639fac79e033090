import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { VideoReply } from '../../src/features/videos/api.ts';
import type { OpenApiCheck } from './openapi-check.ts';

/** Talks to a test app as a program would: with a bearer token, or as nobody. */
export interface TestClient {
  token: string | undefined;
  /** Any request; the body is read and held against the OpenAPI document. */
  raw(method: string, path: string, init?: RequestInit): Promise<{ response: Response; bytes: Buffer; text: string }>;
  /** JSON in and out; throws when the status is another. */
  send<T>(method: string, path: string, body?: unknown, status?: number): Promise<T>;
  get<T>(path: string, status?: number): Promise<T>;
  post<T>(path: string, body?: unknown, status?: number): Promise<T>;
  bytes(path: string): Promise<Buffer>;
  /** Begins an upload and sends all its bytes by tus; returns the video's id. */
  upload(path: string, options?: { filename?: string; visibility?: string; chunkBytes?: number }): Promise<string>;
  /** Asks for a video until a condition holds. */
  waitFor(videoId: string, until: (reply: VideoReply) => boolean, timeoutMs?: number): Promise<VideoReply>;
}

export function createClient(url: string, openapi: OpenApiCheck, token?: string): TestClient {
  const authorization = token ? { Authorization: `Bearer ${token}` } : undefined;

  const raw: TestClient['raw'] = async (method, path, init = {}) => {
    const target = new URL(path, url).href;
    const response = await fetch(target, {
      redirect: 'manual',
      ...init,
      method,
      headers: { ...authorization, ...init.headers },
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    const text = bytes.toString('utf8');
    openapi.check(method, target, response, text);
    return { response, bytes, text };
  };

  const send: TestClient['send'] = async (method, path, body, status) => {
    const init =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } };
    const { response, text } = await raw(method, path, init);
    const right = status === undefined ? response.ok : response.status === status;
    if (!right) throw new Error(`${method} ${path} answered ${response.status}, expected ${status ?? '2xx'}: ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as never;
  };

  const client: TestClient = {
    token,
    raw,
    send,
    get: (path, status) => send('GET', path, undefined, status),
    post: (path, body, status) => send('POST', path, body, status),
    async bytes(path) {
      const { response, bytes, text } = await raw('GET', path);
      if (!response.ok) throw new Error(`GET ${path} answered ${response.status}: ${text}`);
      return bytes;
    },
    async upload(path, { filename = basename(path), visibility, chunkBytes = 1 << 20 } = {}) {
      const content = readFileSync(path);
      const body = { filename, sizeBytes: content.length, ...(visibility ? { visibility } : {}) };
      const { video, upload } = await client.post<{ video: { id: string }; upload: { url: string } }>(
        '/api/videos/init',
        body,
        201,
      );
      for (let at = 0; at < content.length; at += chunkBytes) {
        const { response, text } = await raw('PATCH', upload.url, tusPart(content.subarray(at, at + chunkBytes), at));
        if (response.status !== 204) throw new Error(`PATCH at ${at} answered ${response.status}: ${text}`);
      }
      await client.post(`/api/videos/${video.id}/complete`, undefined, 202);
      return video.id;
    },
    async waitFor(videoId, until, timeoutMs = 60_000) {
      const endMs = Date.now() + timeoutMs;
      for (;;) {
        const reply = await client.get<VideoReply>(`/api/videos/${videoId}`);
        if (until(reply)) return reply;
        if (Date.now() > endMs) throw new Error(`waited too long; the video is ${JSON.stringify(reply.video)}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
  };
  return client;
}

/** The fetch options of one tus PATCH. */
export function tusPart(bytes: Uint8Array, offset: number, headers: Record<string, string> = {}): RequestInit {
  return {
    body: bytes as Uint8Array<ArrayBuffer>,
    headers: {
      'Tus-Resumable': '1.0.0',
      'Upload-Offset': String(offset),
      'Content-Type': 'application/offset+octet-stream',
      ...headers,
    },
  };
}

export const isReady = ({ video }: VideoReply) => {
  if (video.state === 'failed') throw new Error(`the video failed: ${video.failure}`);
  return video.state === 'ready';
};
export const isPlayable = (reply: VideoReply) => {
  if (reply.video.state === 'failed') throw new Error(`the video failed: ${reply.video.failure}`);
  return reply.playback !== undefined;
};
export const isFailed = ({ video }: VideoReply) => video.state === 'failed';
