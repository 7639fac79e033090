import { setTimeout as sleep } from 'node:timers/promises';
import PQueue from 'p-queue';
import { Problem } from '../../../core/problem.ts';
import type { Log } from '../../log.ts';
import { createFsStorage } from '../fs.ts';
import type { Outgoing, Storage } from '../port.ts';

/**
 * Files that were taken in and are being sent to the bucket. Each lies in a folder of this machine under its key until the bucket
 * has it: it can be read all the while, and what a crash interrupts begins anew at the next start.
 */
export interface Outbox {
  /** The folder, read and listed as a storage of its own. */
  files: Storage;
  /** Moves a file in, and sends it from then on. */
  take(key: string, path: string): Promise<void>;
  /** Stops sending what has this key, or one below this folder, and deletes it here. */
  drop(keyOrFolder: string): Promise<void>;
  outgoing(): Promise<Outgoing>;
  close(): Promise<void>;
}

interface Sending {
  controller: AbortController;
  done: Promise<void>;
}

const AT_ONCE = 2;
const RETRY_MS = 1000;
const LONGEST_RETRY_MS = 60_000;

export function createOutbox(options: {
  folder: string;
  /** False: another process has the folder, and sends what is in it. */
  sends: boolean;
  send: (key: string, path: string, options: { signal: AbortSignal }) => Promise<void>;
  log: Log;
}): Outbox {
  const { folder, sends, send, log } = options;
  const files = createFsStorage({ root: folder });
  const sending = new Map<string, Sending>();
  const turns = new PQueue({ concurrency: AT_ONCE });
  let problem: string | null = null;

  function begin(key: string): void {
    if (!sends || sending.has(key)) return;
    const controller = new AbortController();
    const { signal } = controller;
    const done = turns
      .add(() => untilSent(key, signal))
      .catch((error: unknown) => {
        if (!signal.aborted)
          log.error({ error, key }, 'A file could not be sent to the bucket. It stays here until the next start.');
      })
      .finally(() => {
        if (sending.get(key)?.controller === controller) sending.delete(key);
      });
    sending.set(key, { controller, done });
  }

  async function untilSent(key: string, signal: AbortSignal): Promise<void> {
    for (let failures = 0; ; failures++) {
      signal.throwIfAborted();
      try {
        await send(key, files.localPath(key)!, { signal });
        await files.delete(key);
        if (problem) log.info({ key }, 'Files are sent to the bucket again.');
        problem = null;
        return;
      } catch (error) {
        signal.throwIfAborted();
        if ((await files.stat(key)) === null) return;
        const why = reasonOf(error);
        if (why !== problem) log.warn({ error, key }, `Files wait here until they can be sent to the bucket: ${why}`);
        problem = why;
        await sleep(Math.min(LONGEST_RETRY_MS, RETRY_MS * 2 ** failures), undefined, { signal, ref: false });
      }
    }
  }

  async function stop(keys: readonly string[]): Promise<void> {
    const stopped = keys.flatMap((key) => sending.get(key) ?? []);
    for (const { controller } of stopped) controller.abort();
    await Promise.all(stopped.map(({ done }) => done));
  }

  // What the last run left: in the background, as the bucket may not answer.
  const left = (async () => {
    if (sends) for await (const { key } of files.list('')) begin(key);
  })().catch((error: unknown) => log.error({ error }, 'The files that wait for the bucket cannot be listed.'));

  return {
    files,
    async take(key, path) {
      await stop([key]);
      await files.putFile(key, path, { move: true });
      begin(key);
    },
    async drop(keyOrFolder) {
      const isFolder = keyOrFolder.endsWith('/');
      await stop([...sending.keys()].filter((key) => (isFolder ? key.startsWith(keyOrFolder) : key === keyOrFolder)));
      await (isFolder ? files.deletePrefix(keyOrFolder) : files.delete(keyOrFolder));
    },
    async outgoing() {
      const waiting = { files: 0, bytes: 0 };
      for await (const { sizeBytes } of files.list('')) {
        waiting.files += 1;
        waiting.bytes += sizeBytes;
      }
      return { ...waiting, problem: waiting.files > 0 ? problem : null };
    },
    async close() {
      await left;
      await stop([...sending.keys()]);
    },
  };
}

/** The storage's problems carry what admins want to know as their cause. */
function reasonOf(error: unknown): string {
  const { cause } = error as Error;
  return error instanceof Problem && cause instanceof Error ? cause.message : (error as Error).message;
}
