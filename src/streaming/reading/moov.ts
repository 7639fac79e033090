import { readBoxHeader } from '../../media/container/boxes.ts';
import type { ByteSource } from './source-files.ts';

/** More than any film's table of contents needs. */
const MOST_MOOV_BYTES = 128 * 1024 * 1024;
/** Boxes before it: a file made of nothing but empty boxes is not walked to its end. */
const MOST_BOXES = 1000;

/** The `moov` box (ISO/IEC 14496-12 section 8.2.1) as a whole, and where it lies in its file. */
export interface Moov {
  bytes: Buffer;
  position: number;
}

/** Reads the `moov` box, wherever it lies. Null where there is none, or where the file is fragmented: its tables are empty then. */
export async function readMoov(source: Pick<ByteSource, 'sizeBytes' | 'read'>): Promise<Moov | null> {
  for (let at = 0, boxes = 0; at + 8 <= source.sizeBytes && boxes < MOST_BOXES; boxes++) {
    const box = readBoxHeader(await source.read(at, 16), 0);
    if (!box || box.type === 'moof') return null;
    if (box.type === 'moov') {
      if (box.end > MOST_MOOV_BYTES || at + box.end > source.sizeBytes) return null;
      const bytes = await source.read(at, box.end);
      return bytes.length === box.end ? { bytes, position: at } : null;
    }
    at += box.end;
  }
  return null;
}
