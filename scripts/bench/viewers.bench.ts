import { fork } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { cpuMs, untilIdle } from './support/cpu.ts';
import { filmsIn } from './support/delivery-media.ts';
import { type Row, told, under } from './support/rows.ts';
import {
  firstAnswer,
  postJson,
  residentMb,
  type Server,
  signInAsFirst,
  startKinora,
  temporaryFolder,
} from './support/server.ts';
import { allPlaylists, soundPlaylists, untilPlayable } from './support/videos.ts';
import type { Film, ViewersOrder, ViewersResult } from './support/viewers-client.ts';

export const name = 'viewers';

const FILMS = 50;
const VIEWERS = 200;
const SECONDS = 60;

/**
 * 200 viewers of 50 films of a library, 1080p at 5 Mbit/s with sound, copied: each begins at a place of its own, as soon as
 * it has 8 s, and fetches up to 24 s ahead, in segments of 4 s. All of them and the server share this machine.
 */
export async function run(): Promise<Row[]> {
  using folder = temporaryFolder();
  const films = join(folder.path, 'films');
  mkdirSync(films);
  await filmsIn(films, FILMS);
  const server = await startKinora(join(folder.path, 'data'));
  try {
    await firstAnswer(server, '/readyz');
    const signed = await signInAsFirst(server.origin);
    const library = { name: 'Films', kind: 'home', folders: [films] };
    await postJson(`${server.origin}/api/libraries`, library, signed);
    const found = await untilFound(server.origin, signed);
    await cancelWork(server.origin, signed);
    await untilIdle(server.pid);
    const order: ViewersOrder = {
      films: found,
      viewers: VIEWERS,
      seconds: SECONDS,
      bufferSeconds: 24,
      startSeconds: 8,
      seed: 1,
    };
    const { result, cpuShare, rssMb } = await watched(server, order);
    const rate = (result.bytes * 8) / 1e6 / SECONDS / VIEWERS;
    console.log(`${result.segments} segments, ${rate.toFixed(1)} Mbit/s a viewer with what they fetched ahead.`);
    return [
      under(`stalls of ${VIEWERS} viewers of ${FILMS} copied films in ${SECONDS} s`, result.stalls, 1, 'stalls'),
      told('processor of the server for each viewer, of one core', (cpuShare / VIEWERS) * 100, '%'),
      told('processor of the server for all of them', cpuShare * 100, '%'),
      told('a segment, the median', result.p50Ms, 'ms'),
      told('a segment, the slowest of a hundred', result.p99Ms, 'ms'),
      told('a segment, the slowest', result.worstMs, 'ms'),
      told('from the first request to 8 s in the buffer, the slowest of a hundred', result.startP99Ms, 'ms'),
      told('resident memory of the server, at the end', rssMb, 'MB'),
    ];
  } finally {
    await server.stop();
  }
}

async function watched(server: Server, order: ViewersOrder) {
  const child = fork(join(import.meta.dirname, 'support/viewers-client.ts'));
  try {
    const before = cpuMs(server.pid);
    const startedAt = performance.now();
    const result = await new Promise<ViewersResult>((resolve, reject) => {
      child.once('message', (reply: { result: ViewersResult; error?: string }) =>
        reply.error === undefined ? resolve(reply.result) : reject(new Error(reply.error)),
      );
      child.send(order);
    });
    const cpuShare = (cpuMs(server.pid) - before) / (performance.now() - startedAt);
    return { result, cpuShare, rssMb: residentMb(server.pid).all };
  } finally {
    child.kill();
  }
}

/** Every film of the library, once it can be played: its best picture and its first sound. */
async function untilFound(origin: string, signed: Record<string, string>): Promise<Film[]> {
  const limit = performance.now() + 300_000;
  for (;;) {
    const reply = await fetch(`${origin}/api/videos?limit=100`, { headers: signed });
    const { items } = (await reply.json()) as { items: { id: string; playable: boolean }[] };
    const playable = items.filter((item) => item.playable);
    if (playable.length === FILMS) return Promise.all(playable.map(({ id }) => filmOf(origin, signed, id)));
    if (performance.now() > limit) throw new Error(`Only ${playable.length} of ${FILMS} films can be played.`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function filmOf(origin: string, signed: Record<string, string>, id: string): Promise<Film> {
  const multivariant = await untilPlayable(origin, signed, id);
  const [picture] = await allPlaylists(multivariant, signed);
  const [sound] = await soundPlaylists(multivariant, signed);
  if (!picture || !sound || picture.segments.length !== sound.segments.length) {
    throw new Error('A film has no picture, no sound, or parts that do not match.');
  }
  const tracks = [picture, sound].map(({ segments }) => segments.map(({ url }) => url));
  return { tracks, seconds: picture.segments.map(({ seconds }) => seconds) };
}

/** Leaves out the posters and the listening to the sound: this is about watching alone. */
async function cancelWork(origin: string, signed: Record<string, string>): Promise<void> {
  for (const state of ['queued', 'running']) {
    for (;;) {
      const reply = await fetch(`${origin}/api/jobs?limit=100&state=${state}`, { headers: signed });
      const { items } = (await reply.json()) as { items: { id: string }[] };
      if (items.length === 0) break;
      for (const { id } of items) await fetch(`${origin}/api/jobs/${id}/cancel`, { method: 'POST', headers: signed });
    }
  }
}
