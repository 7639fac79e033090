import { createRequire } from 'node:module';
import { compileFunction, constants } from 'node:vm';
import { programFiles } from '../installation.ts';

const WORKERS = 'workers-apart.js';
const BUCKET = 'bucket-apart.js';

/**
 * Packages of the single binary that are code of their own, compiled when they are needed: most servers never need them. Each
 * with the file it is in, bundled from the one of the same name in scripts/binary/, and what that file exports it as.
 */
export const APART: Record<string, { file: string; as: string }> = {
  bullmq: { file: WORKERS, as: 'bullmq' },
  ioredis: { file: WORKERS, as: 'ioredis' },
  '@aws-sdk/client-s3': { file: BUCKET, as: 'clientS3' },
  '@aws-sdk/lib-storage': { file: BUCKET, as: 'libStorage' },
};

const compiled = new Map<string, Record<string, unknown>>();

/** What a package of `APART` exports. */
export function packageApart(name: string): unknown {
  const { file, as } = APART[name]!;
  const exports = compiled.get(file) ?? compile(file);
  compiled.set(file, exports);
  return exports[as];
}

function compile(file: string): Record<string, unknown> {
  const code = programFiles.read(file)!.toString('utf8');
  const module = { exports: {} };
  const parameters = ['module', 'exports', 'require', '__filename'];
  // All that is not in there is built into Node, whether it is required or imported.
  const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
  const run = compileFunction(code, parameters, { filename: file, importModuleDynamically });
  run(module, module.exports, createRequire(process.execPath), process.execPath);
  return module.exports;
}
