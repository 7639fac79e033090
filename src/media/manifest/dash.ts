import type { AudioRendition, VideoRendition } from '../types.ts';
import { audioGroups } from './audio-groups.ts';

/** DASH manifests (ISO/IEC 23009-1) over the very CMAF segments that HLS lists. */

export interface DashEntry<R> {
  id: string;
  rendition: R;
  /** n + 1 times in microseconds for n segments. */
  boundariesUs: readonly number[];
  initUri: string;
  /** With `$Number$` for the segment's index from 0 (5.3.9.4.4). */
  segmentUri: string;
}

export interface DashInput {
  durationUs: number;
  video: readonly DashEntry<VideoRendition>[];
  audio: readonly DashEntry<AudioRendition>[];
  /** Whole WebVTT files. */
  captions?: readonly DashCaption[];
  /** What the segments' own clock shows at the start of the presentation, in microseconds (5.3.9.2). */
  presentationTimeOffsetUs?: number;
}

export interface DashCaption {
  id: string;
  name: string;
  language: string | null;
  isDefault: boolean;
  isForced: boolean;
  isSdh: boolean;
  uri: string;
}

/** Segment times are given in microseconds, as the boundaries are. */
const TIMESCALE = 1_000_000;

/**
 * A static MPD of the `isoff-live` profile: SegmentTemplate with SegmentTimeline. Renditions that a player may switch between
 * (same codec, same grid) share an adaptation set; each audio track has its own, in each codec that it comes in. Sets that show
 * the same in another codec name each other (DASH-IF IOP 3.8), so that a player takes one that it knows.
 */
export function dashManifest({
  durationUs,
  video,
  audio,
  captions = [],
  presentationTimeOffsetUs = 0,
}: DashInput): string {
  const families = Map.groupBy(
    video,
    ({ rendition }) => `${rendition.codecString.split('.')[0]} ${rendition.grid} ${rendition.range}`,
  );
  const pictures = [...families.values()].map((entries, n) => ({ id: `${n + 1}`, entries }));
  const sounds = audio.map((entry, n) => ({ id: `${pictures.length + n + 1}`, entry }));
  const names = new Map(audioGroups(audio).flatMap(({ members }) => members.map(({ entry, name }) => [entry, name])));
  const sets = [
    ...pictures.map(({ id, entries }) => {
      const twins = pictures.filter((other) => other.entries[0]!.rendition.grid === entries[0]!.rendition.grid);
      return videoSet(entries, presentationTimeOffsetUs, { id, twins: twins.map((other) => other.id) });
    }),
    ...sounds.map(({ id, entry }) => {
      const { trackIndex, channels } = entry.rendition;
      const twins = sounds.filter(
        ({ entry: { rendition } }) => rendition.trackIndex === trackIndex && rendition.channels === channels,
      );
      const place = { id, twins: twins.map((other) => other.id) };
      return audioSet(entry, names.get(entry) ?? entry.rendition.label, presentationTimeOffsetUs, place);
    }),
    ...captions.map(captionSet),
  ];
  const longestUs = Math.max(0, ...[...video, ...audio].flatMap(({ boundariesUs }) => durationsOf(boundariesUs)));
  const mpd = element(
    'MPD',
    {
      xmlns: 'urn:mpeg:dash:schema:mpd:2011',
      profiles: 'urn:mpeg:dash:profile:isoff-live:2011',
      type: 'static',
      mediaPresentationDuration: seconds(durationUs),
      maxSegmentDuration: seconds(longestUs),
      minBufferTime: 'PT4S',
    },
    [element('Period', { id: '0', start: 'PT0S' }, sets)],
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${mpd}\n`;
}

/** Where a set stands: its own id, and those of all sets that show the same, itself among them. */
interface SetPlace {
  id: string;
  twins: string[];
}

function videoSet(entries: readonly DashEntry<VideoRendition>[], offsetUs: number, { id, twins }: SetPlace): string {
  const representations = entries.map((entry) => {
    const { codecString, peakKbps, width, height, frameRate } = entry.rendition;
    const rate = frameRate === null ? null : fraction(frameRate);
    const attributes = { id: entry.id, bandwidth: bits(peakKbps), codecs: codecString, width, height, frameRate: rate };
    return element('Representation', attributes, [segmentTemplate(entry, offsetUs)]);
  });
  const attributes = { id, contentType: 'video', mimeType: 'video/mp4', ...ALIGNED };
  const properties = [...rangeProperties(entries[0]!.rendition), ...switching(id, twins)];
  return element('AdaptationSet', attributes, [...properties, ...representations]);
}

/** Rec. ITU-T H.273 code points: BT.2020 with the curve of PQ or HLG. Who does not know them should not show it. */
function rangeProperties({ range }: VideoRendition): string[] {
  if (range === 'sdr') return [];
  const points = { ColourPrimaries: 9, TransferCharacteristics: range === 'pq' ? 16 : 18, MatrixCoefficients: 9 };
  return Object.entries(points).map(([name, value]) =>
    element('EssentialProperty', { schemeIdUri: `urn:mpeg:mpegB:cicp:${name}`, value }),
  );
}

function switching(id: string, twins: readonly string[]): string[] {
  const value = twins.filter((twin) => twin !== id).join(',');
  const schemeIdUri = 'urn:mpeg:dash:adaptation-set-switching:2016';
  return value === '' ? [] : [element('SupplementalProperty', { schemeIdUri, value })];
}

function audioSet(entry: DashEntry<AudioRendition>, name: string, offsetUs: number, place: SetPlace): string {
  const { id, rendition } = entry;
  const channels = element('AudioChannelConfiguration', {
    schemeIdUri: 'urn:mpeg:dash:23003:3:audio_channel_configuration:2011',
    value: rendition.channels,
  });
  const representation = element(
    'Representation',
    { id, bandwidth: bits(rendition.peakKbps), codecs: rendition.codecString, audioSamplingRate: rendition.sampleRate },
    [channels, segmentTemplate(entry, offsetUs)],
  );
  const role = element('Role', {
    schemeIdUri: 'urn:mpeg:dash:role:2011',
    value: rendition.isDefault ? 'main' : 'alternate',
  });
  const label = element('Label', {}, [escapeXml(name)]);
  const lang = rendition.language ?? 'und';
  const attributes = { id: place.id, contentType: 'audio', mimeType: 'audio/mp4', lang, ...ALIGNED };
  return element('AdaptationSet', attributes, [...switching(place.id, place.twins), label, role, representation]);
}

/** A sidecar file is one whole subsegment: DASH-IF IOP 6.4.5. Roles are those of 5.8.5.5. */
function captionSet({ id, name, language, isDefault, isForced, isSdh, uri }: DashCaption): string {
  const value = isForced ? 'forced-subtitle' : isSdh ? 'caption' : 'subtitle';
  const role = (of: string) => element('Role', { schemeIdUri: 'urn:mpeg:dash:role:2011', value: of });
  const file = element('Representation', { id, bandwidth: 1000 }, [element('BaseURL', {}, [escapeXml(uri)])]);
  const attributes = { contentType: 'text', mimeType: 'text/vtt', lang: language ?? 'und' };
  const roles = isDefault ? [role(value), role('main')] : [role(value)];
  return element('AdaptationSet', attributes, [element('Label', {}, [escapeXml(name)]), ...roles, file]);
}

/** Every segment starts where all others do, with a key frame (5.3.3.2). */
const ALIGNED = { segmentAlignment: 'true', startWithSAP: 1 };

type Attributes = Record<string, string | number | null>;

function segmentTemplate({ boundariesUs, initUri, segmentUri }: DashEntry<unknown>, offsetUs: number): string {
  return element(
    'SegmentTemplate',
    {
      timescale: TIMESCALE,
      presentationTimeOffset: offsetUs === 0 ? null : Math.round(offsetUs),
      startNumber: 0,
      initialization: initUri,
      media: segmentUri,
    },
    [element('SegmentTimeline', {}, timeline(boundariesUs, offsetUs))],
  );
}

/** `S` elements (5.3.9.6): runs of the same duration are one, with a repeat count. */
function timeline(boundariesUs: readonly number[], offsetUs: number): string[] {
  const runs: { t: number; d: number; r: number }[] = [];
  for (const [n, d] of durationsOf(boundariesUs).entries()) {
    const last = runs.at(-1);
    if (last?.d === d) last.r++;
    else runs.push({ t: Math.round(boundariesUs[n]! + offsetUs), d, r: 0 });
  }
  return runs.map(({ t, d, r }, n) => element('S', { t: n === 0 ? t : null, d, r: r === 0 ? null : r }));
}

function durationsOf(boundariesUs: readonly number[]): number[] {
  return boundariesUs.slice(1).map((end, n) => Math.round(end) - Math.round(boundariesUs[n]!));
}

/** 29.97 is 30000/1001 in a manifest: a frame rate is a number or a fraction (5.3.7.2), never a decimal. */
function fraction(rate: number): string {
  const whole = Math.round(rate);
  if (Math.abs(rate - whole) < 0.005) return String(whole);
  const ntsc = Math.round((rate * 1001) / 1000);
  return Math.abs(rate - (ntsc * 1000) / 1001) < 0.005 ? `${ntsc * 1000}/1001` : `${Math.round(rate * 1000)}/1000`;
}

function bits(kbps: number): number {
  return Math.max(1, Math.round(kbps * 1000));
}

/** An xs:duration. */
function seconds(us: number): string {
  return `PT${(us / 1e6).toFixed(3)}S`;
}

function element(name: string, attributes: Attributes, children: readonly string[] = []): string {
  const list = Object.entries(attributes)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => ` ${key}="${escapeXml(String(value))}"`)
    .join('');
  return children.length === 0 ? `<${name}${list}/>` : `<${name}${list}>${children.join('')}</${name}>`;
}

/** XML 1.0 text or attribute value; characters that XML cannot hold at all (2.2) are left out. */
function escapeXml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text
    .toWellFormed()
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replace(/[&<>"']/g, (c) => entities[c]!);
}
