import { Problem } from '../../core/problem.ts';
import { SECOND_MS } from '../../core/time.ts';
import { readBoxHeader } from '../../media/container/boxes.ts';
import { type FileFacts, type ReadAt, Unsure, unsure } from '../../media/facts/facts.ts';
import { readMatroskaFacts } from '../../media/facts/matroska.ts';
import { readMp4Facts } from '../../media/facts/mp4.ts';
import { readProbe } from '../../media/probe/read.ts';
import type { Container, MediaInfo } from '../../media/types.ts';
import { type OpenedPath, openPath } from './open-path.ts';

/**
 * Probes a file in this process, where it is of a usual kind. A process of ffprobe takes some hundred times as long, most of it
 * to start.
 */

export type Facts = { info: MediaInfo } | { info: null; why: string };

/** A film of a day has a table of contents of some 60 MB; what has more is left to ffprobe. */
const MOST_MOOV_BYTES = 64 * 1024 * 1024;
const MOST_BOXES = 64;
/** All that one probe may read. */
const MOST_BYTES = 96 * 1024 * 1024;
const LONGEST_MS = 10 * SECOND_MS;
const WINDOW_BYTES = 32 * 1024;
const KNOWN_BOXES = new Set('ftyp moov mdat free skip wide uuid'.split(' '));

/**
 * Reads what ffprobe would tell of a file, or says why that has to be asked. Throws what the file system throws, and the reason
 * of `signal`.
 */
export async function readFacts(path: string, container: Container, signal?: AbortSignal): Promise<Facts> {
  const file = await openPath(path);
  try {
    const facts = await readFile(file, container, signal);
    return { info: readProbe(facts, container) };
  } catch (error) {
    // A range: a table or header that ends before it should. A problem: what is to be refused is for ffprobe to say, too.
    const isUnsure = error instanceof Unsure || error instanceof RangeError || error instanceof Problem;
    if (isUnsure) return { info: null, why: error.message };
    throw error;
  } finally {
    await file.close();
  }
}

async function readFile(file: OpenedPath, { name }: Container, signal: AbortSignal | undefined): Promise<FileFacts> {
  const { sizeBytes: size } = file;
  const readAt = limitedReader(file, size, signal);
  if (name === 'mp4') return readMp4Facts(await readMoov(readAt, size), size, readAt);
  if (name === 'matroska' || name === 'webm') return readMatroskaFacts(size, readAt);
  return unsure(`a container of kind ${name}`);
}

/** Reads a little more than is asked for, as what comes next is asked for next. */
function limitedReader(file: OpenedPath, size: number, signal: AbortSignal | undefined): ReadAt {
  const untilMs = performance.now() + LONGEST_MS;
  let leftBytes = MOST_BYTES;
  let last: { at: number; bytes: Buffer } = { at: 0, bytes: Buffer.alloc(0) };
  return async (at, length) => {
    signal?.throwIfAborted();
    if (performance.now() > untilMs) unsure('a file that takes too long to read');
    const wanted = Math.max(0, Math.min(length, size - at));
    if (at < last.at || at + wanted > last.at + last.bytes.length) {
      const asked = Math.max(wanted, Math.min(WINDOW_BYTES, size - at));
      leftBytes -= asked;
      if (leftBytes < 0) unsure('too much to read');
      last = { at, bytes: await file.read(at, asked) };
    }
    return last.bytes.subarray(at - last.at, at - last.at + wanted);
  };
}

/** The `moov` box of a file that is whole: every box is known, and the last one ends where the file does. */
async function readMoov(readAt: ReadAt, size: number): Promise<Buffer> {
  let moov: Buffer | null = null;
  let at = 0;
  for (let boxes = 0; at < size; boxes++) {
    const head = await readAt(at, 16);
    const box = head.length < 8 ? null : readBoxHeader(head, 0);
    if (!box || boxes > MOST_BOXES || !KNOWN_BOXES.has(box.type)) return unsure(`a "${box?.type ?? ''}" box`);
    if (at + box.end > size) return unsure('a file that ends too early');
    if (box.type === 'moov') {
      if (moov || box.end > MOST_MOOV_BYTES) return unsure('an odd moov');
      moov = await readAt(at, box.end);
    }
    at += box.end;
  }
  return moov ?? unsure('no moov');
}
