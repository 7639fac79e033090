import { beforeEach, describe, expect, it } from 'vitest';
import { SECOND_MS } from '../../core/time.ts';
import { systemClock } from '../../platform/clock.ts';
import { createNowPlaying, type NowPlaying, type SegmentRequest } from './now-playing.service.ts';

let nowMs: number;
let playing: NowPlaying;
beforeEach(() => {
  nowMs = 1_000_000_000;
  playing = createNowPlaying({ ...systemClock, nowMs: () => nowMs });
});

const ask = (more: Partial<SegmentRequest> = {}) =>
  playing.asked({
    kind: 'video',
    videoId: 'film',
    renditionId: 'v1',
    index: 0,
    userId: 'ada',
    address: '10.0.0.1',
    ...more,
  });

describe('who watches now', () => {
  it('is one row for an account and a video, with the picture and the sound they asked for last', () => {
    ask();
    ask({ index: 7 });
    ask({ kind: 'audio', renditionId: 'a1', index: 6 });
    expect(playing.list()).toMatchObject([
      {
        userId: 'ada',
        video: { renditionId: 'v1', index: 7 },
        audio: { renditionId: 'a1', index: 6 },
        positionMs: null,
      },
    ]);
  });

  it('tells people, films and addresses without an account apart', () => {
    ask();
    ask({ videoId: 'other' });
    ask({ userId: null });
    ask({ userId: null, address: '10.0.0.2' });
    const list = playing.list();
    expect(list).toHaveLength(4);
    expect(new Set(list.map(({ id }) => id)).size).toBe(4);
  });

  it('ends a while after the last segment', () => {
    ask();
    nowMs += 60 * SECOND_MS;
    ask({ userId: 'bob' });
    nowMs += 60 * SECOND_MS;
    expect(playing.list().map(({ userId }) => userId)).toEqual(['bob']);
    nowMs += 60 * SECOND_MS;
    expect(playing.list()).toEqual([]);
  });

  it('goes on for those whose player still says where it is', () => {
    ask();
    for (let n = 0; n < 20; n++) {
      nowMs += 10 * SECOND_MS;
      playing.reached({ userId: 'ada', videoId: 'film', positionMs: n * 10_000, address: '10.0.0.1' });
    }
    expect(playing.list()).toMatchObject([{ userId: 'ada', positionMs: 190_000 }]);
    playing.reached({ userId: 'bob', videoId: 'film', positionMs: 1, address: '10.0.0.9' });
    expect(playing.list()).toHaveLength(1);
  });

  it('knows who is behind an address once their player says so', () => {
    ask({ userId: null });
    playing.reached({ userId: 'ada', videoId: 'film', positionMs: 5000, address: '10.0.0.1' });
    expect(playing.list()).toMatchObject([{ userId: 'ada', positionMs: 5000 }]);
  });

  it('goes by segments again when the player has said nothing for long', () => {
    ask();
    playing.reached({ userId: 'ada', videoId: 'film', positionMs: 5000, address: '10.0.0.1' });
    nowMs += 70 * SECOND_MS;
    ask({ index: 20 });
    expect(playing.list()).toMatchObject([{ positionMs: null, video: { index: 20 } }]);
  });

  it('counts what was sent in the last half minute', () => {
    const sent = ask();
    nowMs += 10 * SECOND_MS;
    sent(1_000_000);
    expect(playing.list()[0]!.bytesPerSecond).toBe(100_000);
    nowMs += 20 * SECOND_MS;
    sent(500_000);
    expect(playing.list()[0]!.bytesPerSecond).toBe(50_000);
    nowMs += 20 * SECOND_MS;
    expect(playing.list()[0]!.bytesPerSecond).toBe(Math.round(500_000 / 30));
  });

  it('keeps no more than it can bear', () => {
    for (let n = 0; n < 5000; n++) ask({ userId: null, address: `10.0.${n >> 8}.${n & 255}` });
    const list = playing.list();
    expect(list).toHaveLength(2000);
    expect(list.some(({ address }) => address === '10.0.19.135')).toBe(true);
  });
});
