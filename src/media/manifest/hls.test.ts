import { describe, expect, test } from 'vitest';
import { audioRendition as audio, videoRendition as video } from '../../../test/support/renditions.ts';
import { mediaPlaylist, multivariantPlaylist } from './hls.ts';

describe('multivariant playlist', () => {
  test('pictures, two languages, captions', () => {
    const playlist = multivariantPlaylist({
      video: [
        { rendition: video({ codecString: 'hvc1.2.4.L120.b0', range: 'pq', frameRate: null }), uri: 'a/index.m3u8' },
        { rendition: video(), uri: 'b/index.m3u8' },
      ],
      audio: [
        { rendition: audio(), uri: 'c/index.m3u8' },
        {
          rendition: audio({
            label: 'Deutsch',
            language: 'de',
            isDefault: false,
            channels: 6,
            codecString: 'mp4a.40.5',
            peakKbps: 400,
          }),
          uri: 'd/index.m3u8',
        },
      ],
      captions: [{ name: 'English', language: 'en', isDefault: false, isForced: false, isSdh: true, uri: 'en.m3u8' }],
    });
    expect(playlist).toMatchInlineSnapshot(`
      "#EXTM3U
      #EXT-X-VERSION:7
      #EXT-X-INDEPENDENT-SEGMENTS
      #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="English",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="c/index.m3u8"
      #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="Deutsch",LANGUAGE="de",DEFAULT=NO,AUTOSELECT=YES,CHANNELS="6",URI="d/index.m3u8"
      #EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="captions",NAME="English",LANGUAGE="en",DEFAULT=NO,AUTOSELECT=YES,FORCED=NO,CHARACTERISTICS="public.accessibility.transcribes-spoken-dialog,public.accessibility.describes-music-and-sound",URI="en.m3u8"
      #EXT-X-STREAM-INF:BANDWIDTH=4200000,AVERAGE-BANDWIDTH=2628000,CODECS="hvc1.2.4.L120.b0,mp4a.40.2,mp4a.40.5",RESOLUTION=1280x720,VIDEO-RANGE=PQ,NAME="720p",AUDIO="audio",SUBTITLES="captions",CLOSED-CAPTIONS=NONE
      a/index.m3u8
      #EXT-X-STREAM-INF:BANDWIDTH=4200000,AVERAGE-BANDWIDTH=2628000,CODECS="avc1.64001f,mp4a.40.2,mp4a.40.5",RESOLUTION=1280x720,FRAME-RATE=29.970,VIDEO-RANGE=SDR,NAME="720p",AUDIO="audio",SUBTITLES="captions",CLOSED-CAPTIONS=NONE
      b/index.m3u8
      "
    `);
  });

  test('sound alone: its tracks are the variants', () => {
    expect(
      multivariantPlaylist({ video: [], audio: [{ rendition: audio(), uri: 'c/index.m3u8' }] }),
    ).toMatchInlineSnapshot(`
      "#EXTM3U
      #EXT-X-VERSION:7
      #EXT-X-INDEPENDENT-SEGMENTS
      #EXT-X-STREAM-INF:BANDWIDTH=154000,AVERAGE-BANDWIDTH=128000,CODECS="mp4a.40.2",NAME="English"
      c/index.m3u8
      "
    `);
  });

  test('silent pictures name no audio', () => {
    expect(multivariantPlaylist({ video: [{ rendition: video(), uri: 'b' }], audio: [] })).not.toContain('AUDIO');
  });

  test('a track cannot write playlist lines by its title', () => {
    const label = 'Evil",URI="http://host/"\n#EXT-X-ENDLIST\r\u0000';
    const lines = multivariantPlaylist({
      video: [{ rendition: video(), uri: 'b' }],
      audio: [{ rendition: audio({ label }), uri: 'c' }],
    }).split('\n');
    expect(lines.filter((line) => line.startsWith('#EXT-X-MEDIA'))).toEqual([
      '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="Evil’,URI=’http://host/’ #EXT-X-ENDLIST ",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="c"',
    ]);
    expect(lines).not.toContain('#EXT-X-ENDLIST');
  });
});

describe('media playlist', () => {
  const playlist = (boundariesUs: number[], ended = true, firstIndex?: number) =>
    mediaPlaylist({ boundariesUs, initUri: 'init.mp4', segmentUri: (index) => `${index}.m4s`, ended, firstIndex });

  test('on demand', () => {
    expect(playlist([0, 4_004_000, 8_008_000, 9_509_500])).toMatchInlineSnapshot(`
      "#EXTM3U
      #EXT-X-VERSION:7
      #EXT-X-TARGETDURATION:5
      #EXT-X-MEDIA-SEQUENCE:0
      #EXT-X-PLAYLIST-TYPE:VOD
      #EXT-X-INDEPENDENT-SEGMENTS
      #EXT-X-MAP:URI="init.mp4"
      #EXTINF:4.004000,
      0.m4s
      #EXTINF:4.004000,
      1.m4s
      #EXTINF:1.501500,
      2.m4s
      #EXT-X-ENDLIST
      "
    `);
  });

  test('live: it grows, and may have lost its beginning', () => {
    expect(playlist([0, 4_000_000], false)).toContain('#EXT-X-PLAYLIST-TYPE:EVENT');
    expect(playlist([0, 4_000_000], false)).not.toContain('ENDLIST');
    expect(playlist([40_000_000, 44_000_000], false, 10)).toContain('#EXT-X-MEDIA-SEQUENCE:10\n#EXT-X-INDEPENDENT');
    expect(playlist([40_000_000, 44_000_000], false, 10)).toContain('\n10.m4s\n');
  });

  test.each([
    [[0, 4_000_000], 4],
    [[0, 4_000_001], 5],
    [[0, 400_000], 1],
    [[0], 1],
  ])('target duration of %j is %i s', (boundariesUs, target) => {
    expect(playlist(boundariesUs)).toContain(`#EXT-X-TARGETDURATION:${target}\n`);
  });

  test('durations add up, however long the film', () => {
    const boundariesUs = Array.from({ length: 3001 }, (_, n) => (n * 4_004_000) / 3);
    const sum = [...playlist(boundariesUs).matchAll(/#EXTINF:([\d.]+),/g)].reduce(
      (total, [, sec]) => total + Math.round(Number(sec) * 1e6),
      0,
    );
    expect(sum).toBe(Math.round(boundariesUs.at(-1)!));
  });
});
