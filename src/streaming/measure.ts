import { open } from 'node:fs/promises';
import { readBoxHeader } from '../media/container/boxes.ts';
import { readSampleTable } from '../media/container/sample-tables.ts';
import { bandwidthOf, keyFrameSizes, segmentSizes } from '../media/manifest/bandwidth.ts';
import type { CopyTrack } from '../media/plan/input.ts';
import type { MediaInfo } from '../media/types.ts';
import type { Timeline } from './source.ts';

/** More than any film's table of contents needs; what is larger is not read to tell a number more exactly. */
const MOST_MOOV_BYTES = 128 * 1024 * 1024;
/** Boxes before it: a file made of nothing but empty boxes is not walked to its end. */
const MOST_BOXES = 1000;

/**
 * Weighs the segments of the tracks that can be copied, where the container has tables that tell (MP4, MOV): nothing but those
 * is read. Other containers' tracks stay as they are, with the rates they declare.
 */
export async function measureCopies(
  path: string,
  info: MediaInfo,
  timeline: Timeline,
  copy: ReadonlyMap<number, CopyTrack>,
): Promise<Map<number, CopyTrack>> {
  const moov = info.container.name === 'mp4' && copy.size > 0 ? ((await readMoov(path))?.bytes ?? null) : null;
  const measured = new Map(copy);
  if (!moov) return measured;
  const { source, regularUs } = timeline;
  for (const track of [...info.video, ...info.audio]) {
    const cut = copy.get(track.index);
    const table = cut ? readSampleTable(moov, track.kind, track.ordinal) : null;
    if (!cut || !table) continue;
    const boundariesUs = source && !source.sparse ? source.boundariesUs : regularUs;
    const video = track.kind === 'video' && source !== null;
    const weigh = (sizesOf: typeof segmentSizes) =>
      video
        ? bandwidthOf(sizesOf(table, source.keysUs), [...source.keysUs, timeline.durationUs])
        : bandwidthOf(sizesOf(table, boundariesUs.slice(0, -1)), boundariesUs);
    const bandwidth = weigh(segmentSizes);
    const keyFrames = video ? weigh(keyFrameSizes) : null;
    if (bandwidth) measured.set(track.index, { ...cut, bandwidth, ...(keyFrames ? { keyFrames } : {}) });
  }
  return measured;
}

/** The `moov` box, and where it lies. Null where there is none, or where the file is fragmented: its tables are empty then. */
export async function readMoov(path: string): Promise<{ bytes: Buffer; position: number } | null> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const head = Buffer.alloc(16);
    for (let at = 0, boxes = 0; at + 8 <= size && boxes < MOST_BOXES; boxes++) {
      await file.read(head, 0, 16, at);
      const box = readBoxHeader(head, 0);
      if (!box) return null;
      if (box.type === 'moov') {
        if (box.end > MOST_MOOV_BYTES || at + box.end > size) return null;
        const bytes = Buffer.allocUnsafeSlow(box.end);
        await file.read(bytes, 0, box.end, at);
        return { bytes, position: at };
      }
      if (box.type === 'moof') return null;
      at += box.end;
    }
    return null;
  } finally {
    await file.close();
  }
}
