import { beginWalk, type StoredBlock } from '../../media/container/matroska-blocks.ts';
import { unlace } from '../../media/container/matroska-frames.ts';
import type { MatroskaTrack } from '../../media/container/matroska-header.ts';
import { createKeyFinder, cuesFor, lastAtOrBefore } from './matroska-cues.ts';
import { defaultTicksOf, type MatroskaFile, secondsOf } from './matroska-file.ts';
import { blockReader, createClusterScanner, type TrackScan } from './matroska-scan.ts';
import type { LightPacket, PacketSink } from './packet-sink.ts';

/** Finds packets of one track by the heads of blocks alone. All throw where the file is damaged. */
export interface MatroskaSink extends PacketSink {
  /** When the last packet ends, in seconds; null where there is none. */
  endSec(): Promise<number | null>;
  /** Where a packet of this sink lies. */
  placeOf(packet: LightPacket): StoredBlock;
}

interface Place {
  block: StoredBlock;
  ticks: number;
  durationTicks: number;
  /** Where its cluster was looked through: which of its frames, and which of its block's. */
  scanned: { scan: TrackScan; index: number; lace: number } | null;
}

/** Null where the track's frames are compressed or encrypted. */
export function createMatroskaSink(file: MatroskaFile, track: MatroskaTrack): MatroskaSink | null {
  if (!track.isPlain) return null;
  const { timestampScale } = file;
  const places = new WeakMap<LightPacket, Place>();
  const scanCluster = createClusterScanner(file);
  const defaultTicks = defaultTicksOf(track.defaultDurationNs ?? 0, timestampScale);
  const cues = cuesFor(file, track.number);
  const findKey = createKeyFinder(file, track);

  const placeBlock = (block: StoredBlock | null): Place | null => {
    if (!block) return null;
    if (block.lacing !== 0) throw new Error('several pictures share a block');
    return { block, ticks: block.ticks, durationTicks: block.durationTicks || defaultTicks, scanned: null };
  };
  const placeFrame = (scan: TrackScan, index: number): Place => {
    const { ticks, durationTicks, block, lace } = scan.frames[index]!;
    return { block, ticks, durationTicks, scanned: { scan, index, lace } };
  };

  async function packetAt(place: Place | null, { metadataOnly = false } = {}): Promise<LightPacket | null> {
    if (!place) return null;
    const { block, ticks, durationTicks } = place;
    const isKey = track.kind === 'audio' && !block.isGroup ? true : block.key;
    const packet: LightPacket = {
      timestamp: secondsOf(ticks, timestampScale),
      duration: secondsOf(durationTicks, timestampScale),
      type: isKey ? 'key' : 'delta',
      data: metadataOnly ? NOTHING : await readData(place),
    };
    places.set(packet, place);
    return packet;
  }

  async function readData({ block, scanned }: Place): Promise<Buffer> {
    const length = block.dataEnd - block.dataStart;
    const data = await file.source.read(block.dataStart, length);
    if (data.length < length) throw new Error('the file ends in the middle of a frame');
    const frame = block.lacing === 0 ? data : unlace(data, block.lacing)[scanned?.lace ?? 0]!;
    return track.strippedHeader.length > 0 ? Buffer.concat([track.strippedHeader, frame]) : frame;
  }

  /** The first frame of the track in this cluster or one behind it. */
  async function firstFrom(position: number | null): Promise<Place | null> {
    for (let at = position; at !== null; ) {
      const scan = await scanCluster(at);
      const own = scan.tracks.get(track.number);
      if (own) return placeFrame(own, 0);
      at = scan.next;
    }
    return null;
  }

  /** The last frame that is shown at or before a time, or the last key frame; clusters are looked through from a cue on. */
  async function lookUp(ticks: number, isWanted: (block: StoredBlock) => boolean): Promise<Place | null> {
    const nearest = lastAtOrBefore(cues, ticks);
    for (let n = nearest; ; n--) {
      let best: Place | null = null;
      for (let at: number | null = cues[n]?.clusterPosition ?? file.firstCluster; at !== null; ) {
        const scan = await scanCluster(at);
        const own = scan.tracks.get(track.number);
        if (own) {
          const index = own.shown.findLast((i) => own.frames[i]!.ticks <= ticks && isWanted(own.frames[i]!.block));
          if (index !== undefined) best = placeFrame(own, index);
          if ((index !== undefined && ticks < own.endTicks) || own.startTicks > ticks) break;
        }
        at = scan.next;
      }
      // A cue that leads to nothing is passed over.
      if (best || n < 0) return best;
      if (nearest - n > MOST_WRONG_CUES) throw new Error('the file is damaged: its cues lead nowhere');
    }
  }

  const first = () =>
    track.kind === 'video'
      ? blockReader(file, beginWalk(file.firstCluster, file.end), track.number)().then(placeBlock)
      : firstFrom(file.firstCluster);
  const ticksOf = (seconds: number) => roundIfAlmost(seconds * (1e9 / timestampScale));

  async function nextOf({ block, scanned }: Place): Promise<Place | null> {
    if (scanned) {
      const { scan, index } = scanned;
      return index + 1 < scan.frames.length ? placeFrame(scan, index + 1) : firstFrom(scan.cluster.next);
    }
    return placeBlock(await blockReader(file, beginWalk(block.end, file.end, block.clusterTicks), track.number)());
  }

  const sink: MatroskaSink = {
    getFirstPacket: async (options) => packetAt(await first(), options),
    async getFirstKeyPacket(options) {
      let place = await first();
      while (place && !place.block.key && (track.kind === 'video' || place.block.isGroup)) place = await nextOf(place);
      return packetAt(place, options);
    },
    async getKeyPacket(seconds, options) {
      const ticks = ticksOf(seconds);
      const block = await findKey(ticks);
      if (block) return packetAt(placeBlock(block), options);
      const isKey = ({ key, isGroup }: StoredBlock) => key || (track.kind === 'audio' && !isGroup);
      return packetAt(await lookUp(ticks, isKey), options);
    },
    getNextPacket: async (packet, options) => packetAt(await nextOf(placeFor(packet)), options),
    getPacket: async (seconds, options) => packetAt(await lookUp(ticksOf(seconds), () => true), options),
    async endSec() {
      const last = await lookUp(Number.POSITIVE_INFINITY, () => true);
      if (!last) return null;
      const factor = 1e9 / timestampScale;
      return Math.round((last.ticks / factor + last.durationTicks / factor) * factor) / factor;
    },
    placeOf: (packet) => placeFor(packet).block,
  };
  return sink;

  function placeFor(packet: LightPacket): Place {
    const place = places.get(packet);
    if (!place) throw new TypeError('the packet came from another sink');
    return place;
  }
}

/** So many cues in a row may point to where the track has nothing. */
const MOST_WRONG_CUES = 32;
const NOTHING = new Uint8Array(0);

/** A time that was a whole number of ticks before it became seconds. */
function roundIfAlmost(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value / rounded - 1) < 10 * Number.EPSILON ? rounded : value;
}
