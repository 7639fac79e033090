import { dirname } from 'node:path';
import { untilIdle } from './cpu.ts';
import { postJson, type Server } from './server.ts';
import { untilPlayable } from './videos.ts';

type Headers = Record<string, string>;

const POLL_MS = 20;
const LIMIT_MS = 60_000;

/**
 * Points a library at the folder of a film, which stays where it is, and returns the video's id once it can be played. The
 * folder holds nothing else.
 */
export async function addFilm(origin: string, signed: Headers, file: string): Promise<string> {
  const body = { name: 'Films', kind: 'home', folders: [dirname(file)] };
  const { library } = (await postJson(`${origin}/api/libraries`, body, signed)) as { library: { id: string } };
  const limit = performance.now() + LIMIT_MS;
  while (performance.now() < limit) {
    const { items } = await getJson<{ items: { id: string }[] }>(`${origin}/api/videos?library=${library.id}`, signed);
    const [video] = items;
    if (video) {
      await untilPlayable(origin, signed, video.id);
      return video.id;
    }
    await pause();
  }
  throw new Error(`The library did not find ${file}.`);
}

export interface Job {
  id: string;
  name: string;
  state: string;
  video: { id: string } | null;
}

async function listJobs(origin: string, signed: Headers): Promise<Job[]> {
  return (await getJson<{ items: Job[] }>(`${origin}/api/jobs?limit=100`, signed)).items;
}

/** Calls off background jobs that are not what is measured, such as listening to a film's sound for a minute. */
export async function cancelJobs(origin: string, signed: Headers, names?: readonly string[]): Promise<void> {
  for (const { id, name, state } of await listJobs(origin, signed)) {
    if (!['queued', 'running'].includes(state) || (names && !names.includes(name))) continue;
    const reply = await fetch(`${origin}/api/jobs/${id}/cancel`, { method: 'POST', headers: signed });
    await reply.arrayBuffer();
    // One that has ended meanwhile is as good.
    if (!reply.ok && reply.status !== 409) throw new Error(`Job ${id} was not called off: ${reply.status}`);
  }
}

/** Calls off all that is left to do and waits until the server is at rest. */
export async function bringToRest(server: Server, signed: Headers): Promise<void> {
  await cancelJobs(server.origin, signed);
  await untilIdle(server.pid);
}

export async function getJson<T>(url: string, signed: Headers): Promise<T> {
  const reply = await fetch(url, { headers: signed });
  const text = await reply.text();
  if (!reply.ok) throw new Error(`${url} was answered with ${reply.status}: ${text}`);
  return JSON.parse(text) as T;
}

export const pause = (ms = POLL_MS) => new Promise<void>((resolve) => setTimeout(resolve, ms));
