import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from './core/ids.ts';
import { systemClock } from './platform/clock.ts';
import type { Config } from './platform/config/schema.ts';
import { createFfmpeg } from './platform/ffmpeg.ts';
import { createHardware } from './platform/hardware.ts';
import type { Log } from './platform/log.ts';
import { ffmpegPaths } from './platform/natives/programs.ts';
import { openStorage } from './platform/storage/open.ts';
import type { Storage } from './platform/storage/port.ts';
import { type ServerCard, STORAGE_PROOF } from './platform/workers/protocol.ts';
import { createWorkerLink, type WorkerLinkFacts } from './platform/workers/worker-link.ts';
import { makeRun, wrongVersion } from './streaming/elsewhere/make-run.ts';
import { VERSION } from './version.ts';

export interface WorkerOptions {
  config: Config;
  /** How the server and people call it. */
  name: string;
  /** How many runs of pictures it makes at once. */
  slots: number;
  log: Log;
  version?: string;
}

export interface RunningWorker {
  facts(): WorkerLinkFacts;
  /** Gives back what it is at, and stops everything. */
  stop(): Promise<void>;
}

/** `kinora worker`: encodes for a server that shares its Redis and its storage. Has no database and answers nobody. */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const { config, name, slots, log, version = VERSION } = options;
  const id = newId();
  const folder = mkdtempSync(join(tmpdir(), 'kinora-worker-'));
  // Nothing waits here for a bucket: a worker puts small objects, and none by moving a file.
  const ownFolder = config.storage.driver === 'fs' ? config.data.dir : folder;
  const storage = await openStorage({ settings: config.storage, folder: ownFolder, log, bucket: { sends: false } });
  const ffmpeg = createFfmpeg(ffmpegPaths(config.media));
  const hardware = createHardware({
    ffmpeg,
    log,
    clock: systemClock,
    settings: config.encoding,
    folder,
    tmpFolder: folder,
  });
  const proof = createProof(storage, id);
  const link = createWorkerLink({
    url: config.jobs.redis,
    self: { id, name, version, slots, startedAtMs: Date.now() },
    log,
    async refusal(server) {
      if (server.version !== version) return wrongVersion(version, server.version);
      if (ffmpeg.version() === null) return 'ffmpeg cannot be started: install it, or set media.ffmpeg.';
      return proof(server);
    },
    work: (payload, context) => makeRun({ ffmpeg, hardware, storage, log, version }, payload, context),
  });
  hardware.start();
  await link.start();
  return {
    facts: link.facts,
    async stop() {
      await link.close();
      await hardware.close();
      await ffmpeg.close();
      await storage.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Finds out whether a server's storage is ours, too, and may be written: once for each server. Until it is proven it is looked
 * at again each time: a network file system may show a new file late.
 */
function createProof(storage: Storage, id: string): (server: ServerCard) => Promise<string | null> {
  let proven: string | null = null;
  const own = `workers/${id}`;
  return async (server) => {
    if (proven === server.id) return null;
    const left = await storage.get(STORAGE_PROOF).catch(() => null);
    if (left === null || Buffer.from(left).toString() !== server.id) {
      return `Its storage is not that of ${server.name}: give both the same, such as the same data folder (see docs/workers.md).`;
    }
    try {
      await storage.put(own, Buffer.from(server.id), { durable: false });
      await storage.delete(own);
    } catch (error) {
      return `It cannot write to the storage: ${(error as Error).message}`;
    }
    proven = server.id;
    return null;
  };
}
