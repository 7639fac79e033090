import { parentPort, workerData } from 'node:worker_threads';
import { unpackFiles } from './natives.ts';

/** The other side of `unpackRest`: it sends the sentence that says what went wrong, or nothing. */

const { folder, paths } = workerData as { folder: string; paths: string[] };
try {
  unpackFiles(folder, paths);
} catch (error) {
  parentPort!.postMessage((error as Error).message);
}
