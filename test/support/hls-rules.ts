import { bandwidthOf } from '../../src/media/manifest/bandwidth.ts';
import { type Fragment, type Header, readHeader, readSegment } from './cmaf.ts';
import { type Attributes, parsePlaylist, type Tag } from './hls-text.ts';

/**
 * Holds a stream against the rules: RFC 8216bis by section, and those of Apple's HLS authoring specification for Apple devices
 * that can be checked ("Apple"). Reads every playlist and every segment that the multivariant playlist leads to.
 */

export interface RuleOptions {
  fetch: (url: string) => Promise<Buffer>;
  /** Whether rates have been measured: all must agree then with what segments weigh, and are a ceiling otherwise. */
  measured: (playlistUrl: string) => boolean;
}

export interface CheckedStream {
  /** Every rule that is broken, with the place. Empty is what it should be. */
  broken: string[];
  /** How many playlists and segments were read: a check that saw nothing proves nothing. */
  playlists: number;
  segments: number;
}

interface Media {
  url: string;
  header: Header;
  durationsUs: number[];
  fragments: Fragment[];
  isKeyFrames: boolean;
}

export async function checkStream(url: string, options: RuleOptions): Promise<CheckedStream> {
  const text = (await options.fetch(url)).toString('utf8');
  const { tags, broken: badLines } = parsePlaylist(text);
  const broken = badLines.map((rule) => `${rule} in the multivariant playlist`);
  const at = (uri: string) => new URL(uri, new URL(url, 'http://host/')).pathname;
  const renditions = tags.filter(({ name }) => name === 'EXT-X-MEDIA');
  const variants = tags.filter(({ name }) => name === 'EXT-X-STREAM-INF');
  const keyVariants = tags.filter(({ name }) => name === 'EXT-X-I-FRAME-STREAM-INF');
  broken.push(...groupRules(renditions, variants), ...variantRules(variants, keyVariants));

  const read = new Map<string, Media>();
  const uris = [
    ...variants.map(({ uri }) => uri),
    ...[...renditions, ...keyVariants].map((tag) => tag.attributes['URI']),
  ];
  const texts = new Set(
    renditions
      .filter(({ attributes }) => attributes['TYPE'] === 'SUBTITLES')
      .map(({ attributes }) => attributes['URI']),
  );
  for (const uri of uris) {
    if (!uri || texts.has(uri) || read.has(at(uri))) continue;
    const media = await readMedia(at(uri), options, broken);
    if (media) read.set(media.url, media);
  }
  const mediaOf = (uri: string | null | undefined) => (uri ? read.get(at(uri)) : undefined);
  for (const variant of variants) {
    const sounds = renditions.filter(({ attributes }) => attributes['GROUP-ID'] === variant.attributes['AUDIO']);
    const sound = sounds.flatMap(({ attributes }) => mediaOf(attributes['URI']) ?? []);
    broken.push(...streamRules(variant, mediaOf(variant.uri), sound, options));
  }
  for (const variant of keyVariants)
    broken.push(...keyStreamRules(variant, mediaOf(variant.attributes['URI']), options));
  for (const { attributes } of renditions) {
    const channels = mediaOf(attributes['URI'])?.header.channels;
    if (attributes['TYPE'] !== 'AUDIO' || !channels) continue;
    if (!attributes['CHANNELS']) broken.push(`Apple: audio ${attributes['NAME']} has no CHANNELS`);
  }
  broken.push(
    ...alignment(variants.flatMap(({ uri, attributes }) => (attributes['RESOLUTION'] ? (mediaOf(uri) ?? []) : []))),
  );
  return {
    broken: [...new Set(broken)],
    playlists: read.size + 1,
    segments: [...read.values()].reduce((sum, { fragments }) => sum + fragments.length, 0),
  };
}

/** Sections 4.4.6.1.1 and 4.4.6.2.1. */
function groupRules(renditions: Tag[], variants: Tag[]): string[] {
  const broken: string[] = [];
  const groups = Map.groupBy(renditions, ({ attributes }) => `${attributes['TYPE']} ${attributes['GROUP-ID']}`);
  for (const [group, members] of groups) {
    const say = (rule: string) => broken.push(`${rule}, group ${group}`);
    const all = (name: string) => members.map(({ attributes }) => attributes[name]);
    if (new Set(all('NAME')).size < members.length) say('4.4.6.1.1: two members have one NAME');
    if (all('DEFAULT').filter((value) => value === 'YES').length > 1) say('4.4.6.1.1: more than one DEFAULT');
    if (members.some(({ attributes: a }) => a['DEFAULT'] === 'YES' && a['AUTOSELECT'] !== 'YES')) {
      say('4.4.6.1: DEFAULT=YES needs AUTOSELECT=YES');
    }
    if (members.some(({ attributes: a }) => a['FORCED'] !== undefined && a['TYPE'] !== 'SUBTITLES')) {
      say('4.4.6.1: FORCED is for subtitles');
    }
    const automatic = members.filter(({ attributes }) => attributes['AUTOSELECT'] === 'YES');
    const traits = automatic.map(({ attributes: a }) => `${a['LANGUAGE']} ${a['FORCED']} ${a['CHARACTERISTICS']}`);
    if (new Set(traits).size < traits.length) say('4.4.6.1.1: two members to be selected by themselves are alike');
    if (!variants.some(({ attributes: a }) => a[group.split(' ')[0]!] === group.slice(group.indexOf(' ') + 1))) {
      say('4.4.6.2: no variant uses it');
    }
  }
  for (const [type, tags] of Map.groupBy(renditions, ({ attributes }) => attributes['TYPE']!)) {
    const sets = [...Map.groupBy(tags, ({ attributes }) => attributes['GROUP-ID']!).values()].map((members) =>
      members.map(({ attributes: { URI, CHANNELS, 'GROUP-ID': _, ...same } }) => JSON.stringify(same)).join(),
    );
    if (new Set(sets).size > 1) broken.push(`4.4.6.1.1: groups of ${type} do not have the same members`);
  }
  return broken;
}

/** Section 4.4.6.2, and what Apple asks of every variant besides. */
function variantRules(variants: Tag[], keyVariants: Tag[]): string[] {
  const broken: string[] = [];
  if (variants.length === 0) broken.push('4.4.6.2: there is no variant');
  const check = ({ name, attributes: a }: Tag, wanted: string[]) => {
    for (const attribute of wanted) if (!a[attribute]) broken.push(`${name}: no ${attribute} (4.4.6.2, Apple)`);
    if (Number(a['AVERAGE-BANDWIDTH']) > Number(a['BANDWIDTH'])) broken.push('4.4.6.2: the average is above the peak');
    if (/hev1|avc3/.test(a['CODECS'] ?? '')) broken.push(`Apple: parameter sets within samples: ${a['CODECS']}`);
  };
  for (const variant of variants) {
    const isVideo = /avc1|hvc1|hev1|av01|vp09/.test(variant.attributes['CODECS'] ?? '');
    const picture = isVideo ? ['RESOLUTION', 'FRAME-RATE', 'VIDEO-RANGE', 'CLOSED-CAPTIONS'] : [];
    check(variant, ['BANDWIDTH', 'AVERAGE-BANDWIDTH', 'CODECS', ...picture]);
    if (variant.uri === null) broken.push('4.4.6.2: a variant without a URI line');
  }
  for (const variant of keyVariants) check(variant, ['BANDWIDTH', 'CODECS', 'RESOLUTION', 'VIDEO-RANGE', 'URI']);
  return broken;
}

/** Section 4.4.3 and 4.4.4, and each segment against what the playlist says of it. */
async function readMedia(url: string, { fetch }: RuleOptions, broken: string[]): Promise<Media | null> {
  const { tags, broken: badLines } = parsePlaylist((await fetch(url)).toString('utf8'));
  const say = (rule: string) => broken.push(`${rule}, ${url}`);
  badLines.forEach(say);
  const only = (name: string) => {
    const found = tags.filter((tag) => tag.name === name);
    if (found.length !== 1) say(`${name} is there ${found.length} times`);
    return found[0]?.value ?? '';
  };
  const isKeyFrames = tags.some(({ name }) => name === 'EXT-X-I-FRAMES-ONLY');
  const target = Number(only('EXT-X-TARGETDURATION'));
  if (Number(only('EXT-X-VERSION')) < 6) say('8: EXT-X-MAP needs version 6');
  if (!Number.isInteger(target)) say('4.4.3.1: the target duration is no whole number');
  if (only('EXT-X-PLAYLIST-TYPE') !== 'VOD') say('Apple: the playlist of a finished video is no VOD playlist');
  only('EXT-X-ENDLIST');
  only('EXT-X-MEDIA-SEQUENCE');
  only('EXT-X-INDEPENDENT-SEGMENTS');
  only('EXT-X-MAP');
  const entries = tags.filter(({ name }) => name === 'EXTINF');
  const at = (uri: string) => new URL(uri, new URL(url, 'http://host/')).pathname;
  const map = tags.find(({ name }) => name === 'EXT-X-MAP')?.attributes['URI'];
  if (!map || entries.length === 0) return null;
  const header = readHeader(await fetch(at(map)));
  const durationsUs = entries.map(({ value }) => Math.round(Number.parseFloat(value) * 1e6));
  if (durationsUs.some((us) => Math.round(us / 1e6) > target)) say('4.4.3.1: a segment is longer than the target');
  if (durationsUs.some((us) => !(us > 0))) say('4.4.4.1: a segment lasts no time');
  const fragments: Fragment[] = [];
  for (const { uri } of entries) fragments.push(readSegment(await fetch(at(uri!))));
  const media = { url, header, durationsUs, fragments, isKeyFrames };
  (isKeyFrames ? keyFrameTimes : segmentTimes)(media, say);
  return media;
}

/** EXTINF against `tfdt` and `trun`: where each segment starts, that it starts with a key frame, and that it meets the next one. */
function segmentTimes({ header, durationsUs, fragments }: Media, say: (rule: string) => void): void {
  const isVideo = header.width !== null;
  const samples = fragments.flatMap((fragment) => fragment.samples);
  const longestSec = Math.max(...samples.map(({ durationTicks }) => durationTicks)) / header.timescale;
  // Where sound is cut, and how far: its packets do not end where pictures do. A picture meets its boundary to the tick.
  const slackSec = isVideo ? 0.002 : longestSec + 0.002;
  const leadSec = isVideo ? 0 : header.editTicks / header.timescale;
  let startSec = 0;
  for (const [n, fragment] of fragments.entries()) {
    const first = fragment.samples[0];
    const isFirst = n === 0;
    if (first && isVideo && !first.key) say(`6.2.1: segment ${n} does not start with a key frame`);
    if (fragment.leastOffsetTicks < 0)
      say(`segment ${n} has a negative composition offset: clients differ in what they do`);
    const offSec = fragment.startTicks / header.timescale - leadSec - startSec;
    // The first segment of sound also has what comes before zero, and of any track what begins later than zero.
    if (!isFirst && Math.abs(offSec) > slackSec)
      say(`4.4.4.1: segment ${n} starts ${offSec.toFixed(4)} s off its place`);
    const next = fragments[n + 1];
    const gapSec = next ? (next.startTicks - fragment.endTicks) / header.timescale : 0;
    if (Math.abs(gapSec) > Math.max(0.0015, isVideo ? 0 : 0.001)) {
      say(`segments ${n} and ${n + 1} are ${gapSec.toFixed(4)} s apart`);
    }
    startSec += durationsUs[n]! / 1e6;
  }
}

/** Section 4.4.3.6: one I-frame in each segment, which lasts until the next one's. */
function keyFrameTimes({ header, durationsUs, fragments }: Media, say: (rule: string) => void): void {
  let startSec = 0;
  for (const [n, { samples }] of fragments.entries()) {
    if (samples.length !== 1 || !samples[0]!.key) say(`4.4.3.6: segment ${n} is not one key frame`);
    const shownSec = ((samples[0]?.ptsTicks ?? 0) - header.editTicks) / header.timescale;
    // Pictures may begin later than the film, whose sound begins it.
    if (n > 0 && Math.abs(shownSec - startSec) > 0.002)
      say(`4.4.3.6: key frame ${n} is shown at ${shownSec}, not ${startSec}`);
    startSec += durationsUs[n]! / 1e6;
  }
}

/** What a variant promises against what it and its sound are. */
function streamRules(
  { attributes: a, uri }: Tag,
  picture: Media | undefined,
  sounds: Media[],
  { measured }: RuleOptions,
): string[] {
  if (!picture) return [`${uri} cannot be read`];
  const broken = codecRules(a, [picture, ...sounds]).map((rule) => `${rule}, ${uri}`);
  if (picture.header.width !== null) {
    const [width = 0, height = 0] = (a['RESOLUTION'] ?? '').split('x').map(Number);
    const { width: coded, height: lines } = picture.header;
    // Pixels that are not square may be stretched in one direction: the other stays.
    if (width !== coded && height !== lines)
      broken.push(`4.4.6.2: RESOLUTION ${a['RESOLUTION']} for ${coded}x${lines}`);
    const seconds = picture.durationsUs.reduce((sum, us) => sum + us, 0) / 1e6;
    const frames = picture.fragments.reduce((sum, { samples }) => sum + samples.length, 0);
    const rate = Number(a['FRAME-RATE']);
    if (a['FRAME-RATE'] && !/^\d+\.\d{3}$/.test(a['FRAME-RATE']))
      broken.push('4.4.6.2: FRAME-RATE with three decimals');
    if (a['FRAME-RATE'] && Math.abs(frames / seconds / rate - 1) > 0.05) {
      broken.push(`4.4.6.2: FRAME-RATE ${rate} for ${(frames / seconds).toFixed(3)}, ${uri}`);
    }
  }
  const weighed = [picture, ...sounds].map(weigh);
  const loudest = weighed.slice(1);
  const sum = (of: 'bitrateKbps' | 'peakKbps') =>
    weighed[0]![of] + Math.max(0, ...loudest.map((bandwidth) => bandwidth[of]));
  return [
    ...broken,
    ...rateRules(
      a,
      sum('peakKbps'),
      sum('bitrateKbps'),
      [picture, ...sounds].every((m) => measured(m.url)),
      uri!,
    ),
  ];
}

/** 4.4.6.2 and Apple: BANDWIDTH is never exceeded by more than a tenth; where measured, both are within a tenth. */
function rateRules(a: Attributes, peakKbps: number, averageKbps: number, isMeasured: boolean, uri: string): string[] {
  const peak = Number(a['BANDWIDTH']) / 1000;
  const average = Number(a['AVERAGE-BANDWIDTH']) / 1000;
  const broken: string[] = [];
  if (peakKbps > peak * 1.1) broken.push(`4.4.6.2: BANDWIDTH ${peak} kbit/s, segments reach ${peakKbps}, ${uri}`);
  if (!isMeasured) return broken;
  const near = (said: number, found: number) => Math.abs(said - found) <= Math.max(0.1 * found, 4);
  if (!near(peak, peakKbps)) broken.push(`Apple: BANDWIDTH ${peak} kbit/s, measured ${peakKbps}, ${uri}`);
  if (!near(average, averageKbps))
    broken.push(`Apple: AVERAGE-BANDWIDTH ${average} kbit/s, measured ${averageKbps}, ${uri}`);
  return broken;
}

function weigh({ fragments, durationsUs }: Media): { bitrateKbps: number; peakKbps: number } {
  const boundariesUs = [0];
  for (const us of durationsUs) boundariesUs.push(boundariesUs.at(-1)! + us);
  return bandwidthOf(
    fragments.map(({ sizeBytes }) => sizeBytes),
    boundariesUs,
  )!;
}

function keyStreamRules({ attributes: a }: Tag, media: Media | undefined, options: RuleOptions): string[] {
  const uri = a['URI']!;
  if (!media?.isKeyFrames) return [`4.4.6.3: ${uri} is no playlist of I-frames`];
  const { peakKbps, bitrateKbps } = weigh(media);
  return [
    ...codecRules(a, [media]).map((rule) => `${rule}, ${uri}`),
    ...rateRules(a, peakKbps, bitrateKbps, options.measured(uri), uri),
  ];
}

/** 4.4.6.2: CODECS names every format there is, to the profile and level that the headers have. */
function codecRules(a: Attributes, media: Media[]): string[] {
  const named = (a['CODECS'] ?? '').split(',');
  const broken: string[] = [];
  for (const { header } of media) {
    const { sampleEntry, codecString } = header;
    if (sampleEntry === 'hev1' || sampleEntry === 'avc3') broken.push(`Apple: sample entry ${sampleEntry}`);
    const wanted = codecString ?? sampleEntry;
    const isNamed = named.some((codec) => codec.toLowerCase().startsWith(wanted.toLowerCase()));
    if (!isNamed) broken.push(`4.4.6.2: CODECS ${a['CODECS']} does not name ${wanted}`);
  }
  const entries = media.map(({ header }) => header.sampleEntry.toLowerCase());
  for (const codec of named) {
    if (!entries.includes(codec.split('.')[0]!.toLowerCase()))
      broken.push(`4.4.6.2: CODECS names ${codec}, which is not there`);
  }
  return broken;
}

/** 6.2.4 and Apple: all variants have their boundaries at the same times. */
function alignment(media: Media[]): string[] {
  const grids = new Set(media.map(({ durationsUs }) => durationsUs.join()));
  return grids.size > 1 ? ['6.2.4: variants are not cut at the same times'] : [];
}
