import { readElement } from '../container/ebml.ts';
import { ID } from '../container/matroska-ids.ts';
import { type FileFacts, type PacketFacts, type ReadAt, type StreamFacts, seconds, unsure } from './facts.ts';
import { type Block, readBlocks } from './matroska-blocks.ts';
import { elementsOf, fieldsOf, floatOf, textOf, uintIn, uintOf } from './matroska-elements.ts';
import { readChapters, readTags, type Tag } from './matroska-names.ts';
import { type MatroskaTrack, readTrackEntry } from './matroska-tracks.ts';

/**
 * Reads Matroska and WebM (RFC 9559) as ffmpeg's demuxer does: what is before the first cluster, what the index of the file
 * names, and as many blocks as make the first packets. Throws `Unsure`, or `RangeError` where something ends too early.
 */

const FIRST_PACKETS = 64;
/** Headers are small; attached files are skipped. */
const MOST_HEADER_BYTES = 8 * 1024 * 1024;
const WANTED = new Set<number>([ID.Info, ID.Tracks, ID.Chapters, ID.Tags, ID.Attachments]);

interface Place {
  bodyStart: number;
  next: number;
}

export async function readMatroskaFacts(fileBytes: number, readAt: ReadAt): Promise<FileFacts> {
  const { places, clusterAt, end } = await findParts(readAt, fileBytes);
  const bodyOf = async (id: number) => {
    const place = places.get(id);
    if (!place) return null;
    if (place.next - place.bodyStart > MOST_HEADER_BYTES) unsure('a header that is too large');
    return readAt(place.bodyStart, place.next - place.bodyStart);
  };
  const info = fieldsOf((await bodyOf(ID.Info)) ?? unsure('no information'));
  const scaleNs = uintIn(info, ID.TimestampScale, 1_000_000) || unsure('no clock');
  const durationSec = Math.floor((floatOf(info.get(ID.Duration) ?? Buffer.alloc(0)) * scaleNs) / 1000) / 1e6;
  if (!(durationSec > 0)) unsure('no length');
  const tags = readTags((await bodyOf(ID.Tags)) ?? Buffer.alloc(0));
  const entries = elementsOf((await bodyOf(ID.Tracks)) ?? unsure('no tracks')).filter(({ id }) => id === ID.TrackEntry);
  const tracks = entries.map(({ body }, index) => readTrackEntry(body, index));
  if (new Set(tracks.map(({ number }) => number)).size < tracks.length) unsure('tracks of the same number');
  for (const { uid, stream } of tracks)
    addTags(stream.tags, tags, (tag) => tag.trackUid !== '' && tag.trackUid === uid);
  const attached = places.has(ID.Attachments)
    ? await readAttachments(readAt, places.get(ID.Attachments)!, tracks.length)
    : [];
  const covers = attached.filter(({ codec_type }) => codec_type === 'video').length;
  const blocks = await readBlocks(readAt, clusterAt, end, FIRST_PACKETS - covers);
  const { packets, startSec } = timesOf(tracks, blocks, scaleNs, FIRST_PACKETS - covers);
  const ofFile: Record<string, string> = {};
  const title = info.get(ID.Title);
  if (title) ofFile['title'] = textOf(title);
  addTags(ofFile, tags, (tag) => tag.trackUid === '' && tag.chapterUid === '' && tag.attachmentUid === '');
  const chapters = await bodyOf(ID.Chapters);
  return {
    format: {
      duration: seconds(durationSec),
      start_time: seconds(startSec),
      bit_rate: String(Math.floor((fileBytes * 8e6) / Math.round(durationSec * 1e6))),
      tags: ofFile,
    },
    streams: [...tracks.map(({ stream }) => stream), ...attached],
    chapters: chapters ? readChapters(chapters, tags, durationSec + startSec) : [],
    packets,
  };
}

function addTags(target: Record<string, string>, tags: readonly Tag[], isMeant: (tag: Tag) => boolean): void {
  for (const tag of tags) if (isMeant(tag)) Object.assign(target, tag.values);
}

/** Where everything is: in front of the first cluster, or where the index (section 5.1.1) says. */
async function findParts(readAt: ReadAt, fileBytes: number) {
  const head = await partAt(readAt, 0, fileBytes);
  if (head.id !== ID.EBML) unsure('no EBML header');
  elementsOf(await readAt(head.bodyStart, head.next - head.bodyStart));
  const segment = await partAt(readAt, head.next, fileBytes);
  if (segment.id !== ID.Segment || segment.next !== fileBytes) unsure('a segment that is not whole');
  const places = new Map<number, Place>();
  const add = ({ id, ...place }: Place & { id: number }) => {
    if (places.has(id) && places.get(id)!.bodyStart !== place.bodyStart) unsure('headers that are there twice');
    places.set(id, place);
  };
  const seeks: { id: number; at: number }[] = [];
  for (let at = segment.bodyStart; at < segment.next; ) {
    const part = await partAt(readAt, at, segment.next);
    if (part.id === ID.Cluster) {
      for (const seek of seeks) {
        const found = await partAt(readAt, seek.at, segment.next);
        if (found.id !== seek.id) unsure('an index that is wrong');
        if (WANTED.has(found.id)) add(found);
      }
      return { places, clusterAt: at, end: segment.next };
    }
    if (WANTED.has(part.id)) add(part);
    else if (part.id === ID.SeekHead)
      seeks.push(...readSeekHead(await readAt(part.bodyStart, part.next - part.bodyStart), segment.bodyStart));
    else if (![ID.Void, ID.CRC32, ID.Cues].includes(part.id as typeof ID.Void))
      unsure(`an element ${part.id.toString(16)}`);
    at = part.next;
  }
  return unsure('no cluster');
}

async function partAt(readAt: ReadAt, at: number, end: number): Promise<Place & { id: number }> {
  const element = readElement(await readAt(at, 12), 0);
  if (!element || element.end === null) return unsure('an element without a size');
  if (at + element.end > end) return unsure('an element that ends too late');
  return { id: element.id, bodyStart: at + element.bodyStart, next: at + element.end };
}

function readSeekHead(body: Buffer, segmentStart: number): { id: number; at: number }[] {
  return elementsOf(body)
    .filter(({ id }) => id === ID.Seek)
    .map(({ body: seek }) => {
      const fields = fieldsOf(seek);
      const [id, position] = [fields.get(ID.SeekID), fields.get(ID.SeekPosition)];
      if (!id || !position || id.length > 4) return unsure('an odd index');
      const named = uintOf(id);
      if (named === ID.SeekHead) unsure('an index of an index');
      return { id: named, at: segmentStart + uintOf(position) };
    });
}

const FONTS: Record<string, string> = {
  'application/x-truetype-font': 'ttf',
  'application/x-font': 'ttf',
  'application/vnd.ms-opentype': 'otf',
};
const PICTURES = new Set(['image/jpeg', 'image/png']);

/** Attached files (section 5.1.6) are streams behind the tracks: pictures are covers, the rest is for subtitles. */
async function readAttachments(readAt: ReadAt, { bodyStart, next }: Place, firstIndex: number): Promise<StreamFacts[]> {
  const streams: StreamFacts[] = [];
  for (let at = bodyStart; at < next; ) {
    const file = await partAt(readAt, at, next);
    at = file.next;
    if (file.id === ID.Void || file.id === ID.CRC32) continue;
    if (file.id !== ID.AttachedFile) unsure('an odd attachment');
    const texts = new Map<number, string>();
    let dataBytes = 0;
    for (let inside = file.bodyStart; inside < file.next; ) {
      const part = await partAt(readAt, inside, file.next);
      if (part.id === ID.FileData) dataBytes = part.next - part.bodyStart;
      else if (part.next - part.bodyStart < 4096) {
        texts.set(part.id, textOf(await readAt(part.bodyStart, part.next - part.bodyStart)));
      }
      inside = part.next;
    }
    const [name, mime] = [texts.get(ID.FileName), texts.get(ID.FileMediaType)];
    if (!name || !mime || dataBytes === 0) unsure('an odd attachment');
    const isPicture = PICTURES.has(mime!);
    if (!isPicture && mime!.startsWith('image/')) unsure('an odd picture');
    streams.push({
      index: firstIndex + streams.length,
      codec_type: isPicture ? 'video' : 'attachment',
      ...(isPicture ? { codec_name: mime === 'image/png' ? 'png' : 'mjpeg' } : {}),
      ...(FONTS[mime!] ? { codec_name: FONTS[mime!]! } : {}),
      disposition: { default: 0, forced: 0, hearing_impaired: 0, attached_pic: isPicture ? 1 : 0 },
      tags: { filename: name!, mimetype: mime! },
    });
  }
  return streams;
}

/** First packets, and when each track and the film begin. */
function timesOf(tracks: MatroskaTrack[], blocks: Block[], scaleNs: number, most: number) {
  const packets: PacketFacts[] = [];
  const starts = new Map<number, number>();
  for (const { track, ticks, isKey, frames, first } of blocks) {
    const known = tracks.find(({ number }) => number === track) ?? unsure('a block of no track');
    const { stream, codecDelayNs } = known;
    const sec = ((ticks - Math.round(codecDelayNs / scaleNs)) * scaleNs) / 1e9;
    if (!starts.has(stream.index)) {
      if (stream.codec_type === 'video' && !isKey) unsure('a film that does not begin with a key frame');
      known.describe(first);
      stream.start_time = seconds(sec);
      starts.set(stream.index, sec);
    } else if (stream.codec_type === 'video' && sec < starts.get(stream.index)!) unsure('pictures before the first');
    // What is laced has no times of its own.
    for (let n = 0; n < frames && packets.length < most; n++) {
      packets.push({
        stream_index: stream.index,
        pts_time: n === 0 ? seconds(sec) : 'N/A',
        flags: isKey ? 'K_' : '__',
      });
    }
  }
  const shown = tracks.filter(({ stream }) => stream.codec_type !== 'subtitle');
  if (shown.length === 0 || shown.some(({ stream }) => !starts.has(stream.index))) unsure('a track that begins late');
  const startSec = Math.min(...shown.map(({ stream }) => starts.get(stream.index)!));
  if ([...starts.values()].some((sec) => sec < startSec)) unsure('text before the film');
  return { packets, startSec };
}
