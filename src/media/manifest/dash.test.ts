import { expect, test } from 'vitest';
import { audioRendition, videoRendition } from '../../../test/support/renditions.ts';
import type { AudioRendition, VideoRendition } from '../types.ts';
import { dashManifest } from './dash.ts';

const boundariesUs = [0, 4_000_000, 8_000_000, 12_500_000];
const entry = <R>(id: string, rendition: R) => ({
  id,
  boundariesUs,
  initUri: `${id}/init.mp4`,
  segmentUri: `${id}/$Number$.m4s`,
  rendition,
});
const video = (id: string, more: Partial<VideoRendition> = {}) => entry(id, videoRendition({ frameRate: 25, ...more }));
const audio = (id: string, more: Partial<AudioRendition> = {}) => entry(id, audioRendition(more));

/** Names of elements in order of opening; throws where tags do not close as they opened. */
function readXml(xml: string): string[] {
  const names: string[] = [];
  const open: string[] = [];
  const rest = xml
    .replace(/^<\?xml [^?]*\?>\s*/, '')
    .replace(
      /<(\/?)([A-Za-z]+)((?: [A-Za-z]+="[^"<&]*(?:&(?:amp|lt|gt|quot|#39);[^"<&]*)*")*)(\/?)>/g,
      (_, close, name, __, empty) => {
        if (!close) names.push(name);
        if (close && open.pop() !== name) throw new Error(`</${name}> closes nothing`);
        if (!close && !empty) open.push(name);
        return '';
      },
    );
  if (open.length > 0) throw new Error(`<${open.at(-1)}> is not closed`);
  if (/[<>]/.test(rest)) throw new Error('stray bracket');
  return names;
}

const count = (xml: string, name: string) => readXml(xml).filter((found) => found === name).length;

test('one video and one sound', () => {
  const mpd = dashManifest({ durationUs: 12_500_000, video: [video('v1')], audio: [audio('a1')] });
  readXml(mpd);
  expect(mpd.replaceAll('><', '>\n<')).toMatchInlineSnapshot(`
    "<?xml version="1.0" encoding="UTF-8"?>
    <MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="urn:mpeg:dash:profile:isoff-live:2011" type="static" mediaPresentationDuration="PT12.500S" maxSegmentDuration="PT4.500S" minBufferTime="PT4S">
    <Period id="0" start="PT0S">
    <AdaptationSet id="1" contentType="video" mimeType="video/mp4" segmentAlignment="true" startWithSAP="1">
    <Representation id="v1" bandwidth="3800000" codecs="avc1.64001f" width="1280" height="720" frameRate="25">
    <SegmentTemplate timescale="1000000" startNumber="0" initialization="v1/init.mp4" media="v1/$Number$.m4s">
    <SegmentTimeline>
    <S t="0" d="4000000" r="1"/>
    <S d="4500000"/>
    </SegmentTimeline>
    </SegmentTemplate>
    </Representation>
    </AdaptationSet>
    <AdaptationSet id="2" contentType="audio" mimeType="audio/mp4" lang="en" segmentAlignment="true" startWithSAP="1">
    <Label>English</Label>
    <Role schemeIdUri="urn:mpeg:dash:role:2011" value="main"/>
    <Representation id="a1" bandwidth="154000" codecs="mp4a.40.2" audioSamplingRate="48000">
    <AudioChannelConfiguration schemeIdUri="urn:mpeg:dash:23003:3:audio_channel_configuration:2011" value="2"/>
    <SegmentTemplate timescale="1000000" startNumber="0" initialization="a1/init.mp4" media="a1/$Number$.m4s">
    <SegmentTimeline>
    <S t="0" d="4000000" r="1"/>
    <S d="4500000"/>
    </SegmentTimeline>
    </SegmentTemplate>
    </Representation>
    </AdaptationSet>
    </Period>
    </MPD>
    "
  `);
});

test('renditions that a player may switch between share a set', () => {
  const switching = [
    video('v1', { codecString: 'hvc1.1.6.L120' }),
    video('v2'),
    video('v3', { codecString: 'avc1.640015' }),
  ];
  const mpd = dashManifest({
    durationUs: 12_500_000,
    video: switching,
    audio: [audio('a1'), audio('a2', { language: null, isDefault: false })],
  });
  expect([count(mpd, 'AdaptationSet'), count(mpd, 'Representation'), count(mpd, 'SegmentTemplate')]).toEqual([4, 5, 5]);
  expect(mpd).toContain('lang="und"');
  expect(mpd).toContain('value="alternate"');
});

test('is well-formed whatever a track is called', () => {
  const mpd = dashManifest({
    durationUs: 1,
    video: [],
    audio: [audio('a"<&>\'', { label: '</Label><x a="1">&\u0000\ud800' })],
  });
  expect(count(mpd, 'Label')).toBe(1);
  expect(mpd).toContain('<Label>&lt;/Label&gt;&lt;x a=&quot;1&quot;&gt;&amp;\ufffd</Label>');
});

test('a clock that does not start at zero', () => {
  const mpd = dashManifest({
    durationUs: 12_500_000,
    video: [video('v1')],
    audio: [],
    presentationTimeOffsetUs: 10_000_000,
  });
  expect(mpd).toContain('presentationTimeOffset="10000000"');
  expect(mpd).toContain('<S t="10000000" d="4000000" r="1"/><S d="4500000"/>');
});

test.each([
  [25, '25'],
  [29.97, '30000/1001'],
  [23.976, '24000/1001'],
  [59.94, '60000/1001'],
  [7.22, '7220/1000'],
])('frame rate %f is written %s', (frameRate, written) => {
  expect(dashManifest({ durationUs: 1, video: [video('v1', { frameRate })], audio: [] })).toContain(
    `frameRate="${written}"`,
  );
});

test('the same in several codecs: sets that name each other, and what is HDR says so', () => {
  const xml = dashManifest({
    durationUs: 12_500_000,
    video: [video('hdr', { codecString: 'hvc1.2.4.L120.b0', range: 'pq' }), video('sdr')],
    audio: [
      audio('aac', { mode: 'encoded' }),
      audio('opus', { codec: 'opus', codecString: 'Opus', label: 'English Opus' }),
      audio('german', { trackIndex: 2, language: 'de', label: 'German', isDefault: false }),
    ],
  });
  const sets = xml.split('<AdaptationSet').slice(1);
  const switchesTo = sets.map((set) => /adaptation-set-switching:2016" value="([^"]*)"/.exec(set)?.[1]);
  expect(switchesTo).toEqual(['2', '1', '4', '3', undefined]);
  expect(sets.map((set) => /TransferCharacteristics" value="(\d+)"/.exec(set)?.[1])).toEqual([
    '16',
    ...Array(4).fill(undefined),
  ]);
  expect(sets.map((set) => /<Label>(.*)<\/Label>/.exec(set)?.[1]).slice(2)).toEqual(['English', 'English', 'German']);
});
