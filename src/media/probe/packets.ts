import { integer, type Json, listOf, real } from './json.ts';

/** What the first packets of a file say about a track's times, as ffmpeg counts. */
export interface FirstPackets {
  /** Of the first packet stored, shown or not. */
  firstPacketSec: number;
  /** Of what is shown first of all that is stored from the first key frame on; null where there is none among them. */
  shownSec: number | null;
}

/**
 * Reads the packets that `probeArgv` asks for, by stream index. A stream's own `start_time` is no substitute: it may be that of
 * the first packet stored (MPEG-TS), or of another track (Matroska).
 */
export function readFirstPackets(packets: unknown): Map<number, FirstPackets> {
  const found = new Map<number, FirstPackets>();
  const entered = new Set<number>();
  for (const packet of listOf(packets)) {
    const index = integer(packet.stream_index);
    const ptsSec = real(packet.pts_time);
    if (index === null || ptsSec === null) continue;
    const track = found.get(index) ?? { firstPacketSec: ptsSec, shownSec: null };
    found.set(index, track);
    if (flagsOf(packet).includes('K')) entered.add(index);
    // D: an edit list discards it.
    if (!entered.has(index) || flagsOf(packet).includes('D')) continue;
    track.shownSec = Math.min(track.shownSec ?? ptsSec, ptsSec);
  }
  return found;
}

const flagsOf = (packet: Json) => (typeof packet.flags === 'string' ? packet.flags : '');

/**
 * How long a file plays by the times of all its packets, as `listTimesArgv` prints them: for recordings that nobody finished,
 * which do not say. Null without a packet of picture or sound that has a time.
 */
export function readLengthSec(printed: string): number | null {
  let startSec = Number.POSITIVE_INFINITY;
  let endSec = Number.NEGATIVE_INFINITY;
  for (const line of printed.split('\n')) {
    const [kind, shown, lasts] = line.split(',');
    const atSec = Number.parseFloat(shown ?? '');
    if ((kind !== 'video' && kind !== 'audio') || !Number.isFinite(atSec)) continue;
    startSec = Math.min(startSec, atSec);
    endSec = Math.max(endSec, atSec + (Number.parseFloat(lasts ?? '') || 0));
  }
  return endSec > startSec ? endSec - startSec : null;
}
