import { Worker } from 'node:worker_threads';
import type { Config } from '../config/schema.ts';
import type { FfmpegPaths } from '../ffmpeg.ts';
import { programFiles } from '../installation.ts';
import { filesToUnpack, findProgram } from './natives.ts';

/** The thread's code, as an asset of the single binary. */
export const UNPACK_WORKER = 'unpack-worker.js';

/**
 * Where ffmpeg and ffprobe are: what the configuration says, those the single binary carries, or whichever `PATH` has. Looked up
 * when one is needed, since the first start has to unpack them.
 */
export function ffmpegPaths({ ffmpeg, ffprobe }: Config['media']): FfmpegPaths {
  const withSuffix = (name: string) => (process.platform === 'win32' ? `${name}.exe` : name);
  const find = (name: string) => findProgram(`bin/${withSuffix(name)}`) ?? name;
  let ffmpegPath: string | null = ffmpeg || null;
  let ffprobePath: string | null = ffprobe || null;
  return {
    get ffmpeg() {
      return (ffmpegPath ??= find('ffmpeg'));
    },
    get ffprobe() {
      return (ffprobePath ??= find('ffprobe'));
    },
  };
}

/**
 * Unpacks what the single binary carries beside the event loop, libraries and programs, which takes a second at the first start and
 * next to nothing later. Rejects with a sentence where that is not possible.
 */
export async function unpackRest(): Promise<void> {
  const packed = filesToUnpack();
  if (!packed || packed.paths.length === 0) return;
  const code = programFiles.read(UNPACK_WORKER)!.toString('utf8');
  await new Promise<void>((resolve, reject) => {
    const worker = new Worker(code, { eval: true, workerData: packed });
    let failure: string | null = null;
    worker.on('message', (message: string) => (failure = message));
    worker.on('error', reject);
    worker.on('exit', () => (failure === null ? resolve() : reject(new Error(failure))));
  });
}
