import { parentPort } from 'node:worker_threads';
import { createInputPool } from '../reading/input-pool.ts';
import { createCopyTracks } from './copy-track.ts';
import { cutKeyPacket, cutPackets } from './packet-cutter.ts';
import type { CutKey, PacketAnswer, PacketTask } from './packet-thread.ts';

/** The other side of `packet-thread.ts`: a thread of its own, since mediabunny takes tens of milliseconds for a segment. */

const port = parentPort;
if (!port) throw new Error('packet-worker is a thread, and is started by packet-thread.ts');
const openTrack = createCopyTracks(createInputPool(null));

port.on('message', (task: PacketTask) => {
  void answer(task).then((answered) => {
    // Bytes that have a buffer to themselves are handed over, not copied.
    const bytes = 'bytes' in answered ? answered.bytes : null;
    const own = bytes && bytes.byteLength === bytes.buffer.byteLength;
    port.postMessage(answered, own ? [bytes.buffer as ArrayBuffer] : []);
  });
});

async function answer({ id, source, rendition, what, n }: PacketTask): Promise<PacketAnswer> {
  try {
    const copy = await openTrack(source, rendition.spec);
    if (what === 'init') return { id, bytes: Uint8Array.from(copy.init) };
    if (what === 'segment') return { id, bytes: await cutPackets(copy, source, rendition, n) };
    const key = await cutKeyPacket(copy, source, rendition, n);
    const { timescale, timing } = copy;
    return {
      id,
      key: key && ({ ptsTicks: key.ptsTicks, data: Buffer.from(key.data), timescale, timing } satisfies CutKey),
    };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { id, message: error instanceof Error ? error.message : String(error), ...(code ? { code } : {}) };
  }
}
