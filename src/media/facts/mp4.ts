import { type Box, findBox, listBoxes } from '../container/boxes.ts';
import { agreeingColours, colourNames, coloursOfVpx } from './colours.ts';
import { type FileFacts, type PacketFacts, type ReadAt, ratio, type StreamFacts, seconds, unsure } from './facts.ts';
import { entryOf, readPictureEntry, readSoundEntry } from './mp4-entries.ts';
import { readSamples, type Samples } from './mp4-samples.ts';
import { MOST_CHAPTERS, readChapters, readTags } from './mp4-tags.ts';
import { turnOf } from './mp4-turn.ts';

/**
 * Reads a `moov` box (ISO/IEC 14496-12 section 8.2.1) of a file that is not fragmented, in the order and with the arithmetic
 * of ffmpeg's demuxer. Throws `Unsure`, or `RangeError` where a box ends too early.
 */

const FIRST_PACKETS = 64;
const ENABLED = 1;
const KNOWN_IN_MOOV = new Set('mvhd trak udta meta iods free skip'.split(' '));
const KNOWN_IN_TRACK = new Set('tkhd edts mdia tref udta meta tapt free skip load'.split(' '));

interface Mp4Track {
  stream: StreamFacts;
  samples: Samples;
  /** ffmpeg keeps chapters to itself. */
  isChapters: boolean;
}

export async function readMp4Facts(moov: Buffer, fileBytes: number, readAt: ReadAt): Promise<FileFacts> {
  const root = listBoxes(moov)[0] ?? unsure('no moov');
  const boxes = listBoxes(moov, root.bodyStart, root.end);
  const odd = boxes.find(({ type }) => !KNOWN_IN_MOOV.has(type));
  if (odd || boxes.at(-1)?.end !== root.end) unsure(odd ? `a "${odd.type}" box` : 'a moov that makes no sense');
  const film = readFilm(moov, boxes);
  const traks = boxes.filter(({ type }) => type === 'trak');
  const chapterIds = new Set(traks.flatMap((track) => chapterTracksOf(moov, track)));
  if (chapterIds.size > 1) unsure('several tracks of chapters');
  const { tags, covers } = readTags(moov, root);
  if (
    boxes.findIndex(({ type }) => type === 'udta') < boxes.findLastIndex(({ type }) => type === 'trak') &&
    covers > 0
  ) {
    unsure('a cover before the tracks');
  }
  const tracks: Mp4Track[] = [];
  for (const [index, track] of traks.entries()) {
    tracks.push(await readTrack(moov, track, { index, film, chapterIds, fileBytes, readAt }));
  }
  const chapters = tracks.find(({ isChapters }) => isChapters);
  const startSec = startOf(tracks);
  return {
    format: {
      duration: seconds(film.durationSec),
      start_time: seconds(startSec),
      bit_rate: String(Math.floor((fileBytes * 8e6) / Math.round(film.durationSec * 1e6))),
      tags,
    },
    streams: [
      ...tracks.map(({ stream }) => stream),
      ...Array.from({ length: covers }, (_, n) => coverAt(tracks.length + n)),
    ],
    chapters: await readChapters(moov, root, chapters?.samples ?? null, film.durationSec + startSec, readAt),
    packets: listPackets(
      tracks.filter(({ isChapters }) => !isChapters),
      // ffmpeg hands on covers before all else.
      FIRST_PACKETS - covers,
    ),
  };
}

interface Film {
  scale: number;
  durationSec: number;
  matrix: Buffer;
}

function readFilm(moov: Buffer, boxes: Box[]): Film {
  const mvhd = boxes.find(({ type }) => type === 'mvhd') ?? unsure('no mvhd');
  const wide = moov[mvhd.bodyStart] === 1;
  const scale = moov.readUInt32BE(mvhd.bodyStart + (wide ? 20 : 12));
  const at = mvhd.bodyStart + (wide ? 24 : 16);
  const duration = wide ? Number(moov.readBigUInt64BE(at)) : moov.readUInt32BE(at);
  if (scale === 0 || duration === 0 || duration >= (wide ? 2 ** 52 : 0xffffffff)) unsure('a film without a length');
  const matrixAt = at + (wide ? 8 : 4) + 16;
  return {
    scale,
    durationSec: Math.round((duration * 1e6) / scale) / 1e6,
    matrix: moov.subarray(matrixAt, matrixAt + 36),
  };
}

interface TrackContext {
  index: number;
  film: Film;
  chapterIds: ReadonlySet<number>;
  fileBytes: number;
  readAt: ReadAt;
}

const KINDS: Record<string, 'video' | 'audio'> = { vide: 'video', soun: 'audio' };

async function readTrack(moov: Buffer, track: Box, context: TrackContext): Promise<Mp4Track> {
  const { index, film, chapterIds, fileBytes, readAt } = context;
  const inside = listBoxes(moov, track.bodyStart, track.end);
  const odd = inside.find(({ type }) => !KNOWN_IN_TRACK.has(type));
  if (odd) unsure(`a "${odd.type}" box in a track`);
  const tkhd = findBox(moov, 'tkhd', track) ?? unsure('no tkhd');
  const id = moov.readUInt32BE(tkhd.bodyStart + (moov[tkhd.bodyStart] === 1 ? 20 : 12));
  const hdlr = findBox(moov, 'mdia/hdlr', track) ?? unsure('no hdlr');
  const handler = moov.toString('latin1', hdlr.bodyStart + 8, hdlr.bodyStart + 12);
  checkPlace(moov, track);
  const isChapters = chapterIds.has(id);
  const kind = isChapters ? 'other' : (KINDS[handler] ?? 'other');
  const entry = entryOf(moov, track);
  const first = isChapters ? MOST_CHAPTERS : FIRST_PACKETS;
  const samples = readSamples(moov, track, { kind, movieScale: film.scale, first, fileBytes });
  if (isChapters && (handler !== 'text' || samples.reorder > 0)) unsure('odd chapters');
  const { tags, disposition } = readTrackTags(moov, track, tkhd);
  const bitRate = Math.floor((samples.sizeBytes * 8 * samples.timescale) / samples.durationTicks);
  const base = { index, disposition, tags, nb_frames: String(samples.count), bit_rate: String(bitRate) };
  const begins = samples.hasEdits ? samples.emptyTicks : samples.first[0]!.ptsTicks;
  const start_time = seconds(begins / samples.timescale);
  let stream: StreamFacts;
  if (kind === 'video') {
    if (!samples.first[0]!.isKey) unsure('a film that does not begin with a key frame');
    const { facts, ...said } = await readPictureEntry(moov, entry, samples, readAt);
    const { matrix, width, height } = readTrackHeader(moov, tkhd);
    const turned = turnOf(film.matrix, matrix);
    if (said.width !== facts.width || said.height !== facts.height) unsure('a size that is told in two ways');
    if (!said.aspect && (said.width !== width || said.height !== height))
      unsure('pixels that are told to be stretched');
    const { colours, ...picture } = facts;
    stream = {
      ...base,
      ...picture,
      ...colourNames(
        picture.codec_name === 'vp9'
          ? coloursOfVpx('vp9', colours, said.colours)
          : agreeingColours(colours, said.colours),
      ),
      ...(said.aspect && said.aspect.over > 0
        ? { sample_aspect_ratio: `${said.aspect.over}:${said.aspect.under}` }
        : {}),
      codec_type: 'video',
      start_time,
      avg_frame_rate: ratio(samples.timescale * samples.count, samples.sumTicks),
      side_data_list: [
        ...(turned === null ? [] : [{ rotation: turned }]),
        ...(said.dolbyVision === null ? [] : [{ dv_profile: said.dolbyVision }]),
      ],
    };
  } else if (kind === 'audio') {
    stream = { ...base, ...readSoundEntry(moov, entry), codec_type: 'audio', start_time };
  } else if (!isChapters && handler === 'sbtl' && entry.type === 'tx3g') {
    stream = { ...base, codec_type: 'subtitle', codec_name: 'mov_text', start_time };
  } else if (isChapters || (handler === 'tmcd' && entry.type === 'tmcd')) {
    stream = { ...base, codec_type: 'data', start_time };
  } else {
    return unsure(`a track of "${handler}" with "${entry.type}"`);
  }
  return { stream, samples, isChapters };
}

/** Media in another file are for nobody to follow. */
function checkPlace(moov: Buffer, track: Box): void {
  const dref = findBox(moov, 'mdia/minf/dinf/dref', track) ?? unsure('media in no place');
  const [place] = listBoxes(moov, dref.bodyStart + 8, dref.end);
  const isOne = moov.readUInt32BE(dref.bodyStart) === 0 && moov.readUInt32BE(dref.bodyStart + 4) === 1;
  if (!isOne || !place || place.end !== dref.end) unsure('media in odd places');
  if ((moov.readUInt32BE(place!.bodyStart) & 1) === 0) unsure('media in another place');
}

function chapterTracksOf(moov: Buffer, track: Box): number[] {
  const tref = findBox(moov, 'tref', track);
  return (tref ? listBoxes(moov, tref.bodyStart, tref.end) : [])
    .filter(({ type }) => type === 'chap')
    .flatMap(({ bodyStart, end }) =>
      Array.from({ length: (end - bodyStart) >> 2 }, (_, n) => moov.readUInt32BE(bodyStart + n * 4)),
    );
}

/** Size and matrix (section 8.3.2). */
function readTrackHeader(moov: Buffer, tkhd: Box): { matrix: Buffer; width: number; height: number } {
  const at = tkhd.bodyStart + (moov[tkhd.bodyStart] === 1 ? 52 : 40);
  return {
    matrix: moov.subarray(at, at + 36),
    width: moov.readUInt32BE(at + 36) >>> 16,
    height: moov.readUInt32BE(at + 40) >>> 16,
  };
}

/** DASH's roles (ISO/IEC 23009-1 section 5.8.5.5) that say something about captions. */
const FORCED = /urn:mpeg:dash:role:2011\0forced[-_]subtitle\0/;
const CAPTION = /urn:mpeg:dash:role:2011\0caption\0/;

function readTrackTags(moov: Buffer, track: Box, tkhd: Box): Pick<StreamFacts, 'tags' | 'disposition'> {
  const mdhd = findBox(moov, 'mdia/mdhd', track)!;
  if (findBox(moov, 'mdia/elng', track)) unsure('a language in more words');
  const code = moov.readUInt16BE(mdhd.bodyStart + (moov[mdhd.bodyStart] === 1 ? 32 : 20));
  const udta = findBox(moov, 'udta', track);
  const inside = udta ? listBoxes(moov, udta.bodyStart, udta.end) : [];
  const odd = inside.find(({ type }) => !['name', 'kind', 'free', 'hnti'].includes(type));
  if (odd) unsure(`a "${odd.type}" box about a track`);
  if (findBox(moov, 'meta', track)) unsure('tags about a track');
  const kinds = inside
    .filter(({ type }) => type === 'kind')
    .map(({ bodyStart, end }) => moov.toString('latin1', bodyStart + 4, end));
  return {
    tags: { language: languageOf(code) },
    disposition: {
      default: (moov.readUInt32BE(tkhd.bodyStart) & ENABLED) as 0 | 1,
      forced: kinds.some((kind) => FORCED.test(kind)) ? 1 : 0,
      hearing_impaired: kinds.some((kind) => CAPTION.test(kind)) ? 1 : 0,
      attached_pic: 0,
    },
  };
}

/** Three letters of five bits each (section 8.4.2); smaller numbers are Macintosh's, of which only English is sure. */
function languageOf(code: number): string {
  if (code === 0) return 'eng';
  if (code === 0x7fff) return 'und';
  if (code < 0x400) return unsure('a language of the Macintosh');
  return String.fromCharCode(...[10, 5, 0].map((shift) => ((code >> shift) & 31) + 0x60));
}

function coverAt(index: number): StreamFacts {
  const disposition = { default: 0, forced: 0, hearing_impaired: 0, attached_pic: 1 } as const;
  return { index, codec_type: 'video', codec_name: 'mjpeg', disposition, tags: {} };
}

/** The earliest of pictures and sound; text that began before would count, too, within reason. */
function startOf(tracks: Mp4Track[]): number {
  const startsOf = (isShown: boolean) =>
    tracks
      .filter(({ stream }) => (stream.codec_type === 'video' || stream.codec_type === 'audio') === isShown)
      .map(({ stream }) => Number(stream.start_time));
  const shown = Math.min(...startsOf(true));
  if (!Number.isFinite(shown)) return unsure('neither picture nor sound');
  return startsOf(false).every((text) => text >= shown) ? shown : unsure('text before the film');
}

/** The first packets as ffmpeg's demuxer hands them on: by their place, as long as none is a second behind. */
function listPackets(tracks: Mp4Track[], most: number): PacketFacts[] {
  const next = tracks.map(() => 0);
  const packets: PacketFacts[] = [];
  while (packets.length < most) {
    let best: { track: number; us: number; at: number } | null = null;
    for (const [n, { samples }] of tracks.entries()) {
      const sample = samples.first[next[n]!];
      if (!sample) continue;
      const us = Math.round((sample.dtsTicks * 1e6) / samples.timescale);
      const apart = best ? Math.abs(best.us - us) : 0;
      if (!best || (apart <= 1e6 && sample.at < best.at) || (apart > 1e6 && us < best.us)) {
        best = { track: n, us, at: sample.at };
      }
    }
    if (!best) break;
    const { samples, stream } = tracks[best.track]!;
    const sample = samples.first[next[best.track]!++]!;
    packets.push({
      stream_index: stream.index,
      pts_time: seconds(sample.ptsTicks / samples.timescale),
      flags: `${sample.isKey ? 'K' : '_'}${sample.isDiscarded ? 'D' : '_'}`,
    });
  }
  return packets;
}
