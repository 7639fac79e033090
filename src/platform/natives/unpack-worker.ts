import { parentPort, workerData } from 'node:worker_threads';
import { findProgram, useFolder } from './natives.ts';

/** The other side of `unpackPrograms`: it sends the sentence that says what went wrong, or nothing. */

const { folder, names } = workerData as { folder: string; names: string[] };
useFolder(folder);
try {
  for (const name of names) findProgram(name);
} catch (error) {
  parentPort!.postMessage((error as Error).message);
}
