import { afterAll, describe, expect, it } from 'vitest';
import type { StreamRendition, StreamSource } from '../source.ts';
import { createPacketThread } from './packet-thread.ts';

const thread = createPacketThread(50);
afterAll(() => thread.close());

const source = (path: string) =>
  ({ id: 's', videoId: 'v', path, info: { video: [], audio: [] }, timeline: {} }) as unknown as StreamSource;
const rendition = { id: 'r', videoId: 'v', spec: { kind: 'audio', trackIndex: 0, grid: 'regular' } } as StreamRendition;

describe('the thread that reads packets', () => {
  it("passes on what goes wrong, with the system's code", async () => {
    await expect(thread.segment(source('/nowhere/film.ts'), rendition, 0)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('answers each of many at once', async () => {
    const asked = Array.from({ length: 20 }, () => thread.segment(source(import.meta.filename), rendition, 0));
    const answers = await Promise.allSettled(asked);
    expect(answers.every(({ status }) => status === 'rejected')).toBe(true);
  });

  it('is there again after it has rested', async () => {
    await new Promise((resolve) => setTimeout(resolve, 150));
    await expect(thread.init(source('/nowhere/film.ts'), rendition)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('answers who still waits when it is ended', async () => {
    const other = createPacketThread();
    const asked = other.segment(source('/nowhere/film.ts'), rendition, 0);
    other.close();
    await expect(asked).rejects.toThrow('has ended');
  });
});
