import { join } from 'node:path';
import { isSingleBinary } from './installation.ts';

/**
 * How this program is started once more, as an argv without arguments: for work that takes a processor or blocks for long, and
 * has no place beside answers. The single binary is its own program; else Node runs the built server, or the sources.
 */
export function ownCommand(): string[] {
  if (isSingleBinary) return [process.execPath];
  const main = import.meta.url.endsWith('.ts') ? '../main.ts' : 'main.js';
  return [process.execPath, join(import.meta.dirname, main)];
}
