import { Worker } from 'node:worker_threads';
import type { LeadIn } from '../../media/container/lead-in.ts';
import { isSingleBinary, programFiles } from '../../platform/installation.ts';
import type { StreamRendition, StreamSource } from '../source.ts';

/**
 * Cutting packet by packet, beside the event loop: reading a transport stream takes tens of milliseconds of a core for every
 * segment, in which nobody else would be answered. The thread is started when somebody needs it, and ends when nobody has for a
 * minute.
 */
export interface PacketThread {
  init(source: StreamSource, rendition: CutRendition): Promise<Buffer>;
  segment(source: StreamSource, rendition: CutRendition, n: number): Promise<Buffer>;
  /** The key frame of segment `n`; null where the source has none there any more. */
  key(source: StreamSource, rendition: CutRendition, n: number): Promise<CutKey | null>;
  close(): void;
}

export type CutRendition = Pick<StreamRendition, 'id' | 'videoId'> & { spec: StreamRendition['spec'] };

export interface CutKey {
  ptsTicks: number;
  data: Uint8Array;
  timescale: number;
  timing: LeadIn;
}

export interface PacketTask {
  id: number;
  source: StreamSource;
  rendition: CutRendition;
  what: 'init' | 'segment' | 'key';
  n: number;
}

export type PacketAnswer =
  | { id: number; bytes: Uint8Array }
  | { id: number; key: CutKey | null }
  | { id: number; message: string; code?: string };

const IDLE_MS = 60_000;
/** A segment is in memory as a whole, some of them at once. */
const MOST_MEMORY_MB = 512;
/** The sources run as they are, the built server as one file beside this one's, the single binary from its own memory. */
const WORKER = new URL(import.meta.url.endsWith('.ts') ? './packet-worker.ts' : './packet-worker.js', import.meta.url);

interface Waiting {
  resolve: (answer: PacketAnswer) => void;
  reject: (error: Error) => void;
}

interface Thread {
  worker: Worker;
  waiting: Map<number, Waiting>;
}

export function createPacketThread(idleMs = IDLE_MS): PacketThread {
  let thread: Thread | null = null;
  let idle: NodeJS.Timeout | null = null;
  let lastId = 0;

  function start(): Thread {
    const resourceLimits = { maxOldGenerationSizeMb: MOST_MEMORY_MB };
    const code = isSingleBinary && programFiles.read('packet-worker.js');
    const worker = code
      ? new Worker(code.toString('utf8'), { eval: true, resourceLimits })
      : new Worker(WORKER, { resourceLimits });
    const started: Thread = { worker, waiting: new Map() };
    worker.on('message', (answer: PacketAnswer) => {
      const asker = started.waiting.get(answer.id);
      started.waiting.delete(answer.id);
      if ('message' in answer) asker?.reject(Object.assign(new Error(answer.message), { code: answer.code }));
      else asker?.resolve(answer);
      if (started.waiting.size === 0) rest(started);
    });
    const end = (error: Error) => {
      if (thread === started) thread = null;
      for (const { reject } of started.waiting.values()) reject(error);
      started.waiting.clear();
    };
    worker.on('error', end);
    worker.on('exit', () => end(new Error('the thread that reads packets has ended')));
    return started;
  }

  function rest({ worker }: Thread): void {
    // Without work it does not keep the process alive.
    worker.unref();
    idle = setTimeout(stop, idleMs).unref();
  }

  function stop(): void {
    if (idle) clearTimeout(idle);
    const stopped = thread;
    // Who asks from now on gets another.
    thread = null;
    void stopped?.worker.terminate();
  }

  function ask(task: Omit<PacketTask, 'id'>): Promise<PacketAnswer> {
    if (idle) clearTimeout(idle);
    thread ??= start();
    const { worker, waiting } = thread;
    worker.ref();
    const id = ++lastId;
    const { id: sourceId, videoId, path, info, timeline } = task.source;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      // What else a source carries, such as kept indexes, stays here.
      worker.postMessage({ ...task, id, source: { id: sourceId, videoId, path, info, timeline } } satisfies PacketTask);
    });
  }

  const bytesOf = (answer: PacketAnswer): Buffer => {
    const { bytes } = answer as Extract<PacketAnswer, { bytes: Uint8Array }>;
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  };
  const plain = ({ id, videoId, spec }: CutRendition) => ({ id, videoId, spec });

  return {
    init: async (source, rendition) => bytesOf(await ask({ source, rendition: plain(rendition), what: 'init', n: 0 })),
    segment: async (source, rendition, n) =>
      bytesOf(await ask({ source, rendition: plain(rendition), what: 'segment', n })),
    async key(source, rendition, n) {
      const answer = await ask({ source, rendition: plain(rendition), what: 'key', n });
      return (answer as Extract<PacketAnswer, { key: CutKey | null }>).key;
    },
    close: stop,
  };
}
