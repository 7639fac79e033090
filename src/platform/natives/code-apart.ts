import { createRequire } from 'node:module';
import { compileFunction } from 'node:vm';
import { programFiles } from '../installation.ts';

/** Packages of the single binary that are code of their own, compiled when they are needed: most servers never need them. */
export const APART = 'code-apart.js';

let packages: Record<string, unknown> | null = null;

/** What a package of `APART` exports. */
export function packageApart(name: string): unknown {
  packages ??= compile();
  return packages[name];
}

function compile(): Record<string, unknown> {
  const code = programFiles.read(APART)!.toString('utf8');
  const module = { exports: {} };
  const parameters = ['module', 'exports', 'require', '__filename'];
  const run = compileFunction(code, parameters, { filename: APART });
  // All that is not in there is built into Node.
  run(module, module.exports, createRequire(process.execPath), process.execPath);
  return module.exports;
}
