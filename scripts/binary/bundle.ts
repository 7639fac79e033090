import { join } from 'node:path';
import { build, type Plugin } from 'vite';
import { APART } from '../../src/platform/natives/code-apart.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const ASK = JSON.stringify(join(ROOT, 'src/platform/natives/natives.ts'));
const CODE_APART = JSON.stringify(join(ROOT, 'src/platform/natives/code-apart.ts'));

/**
 * The only two places that look for a native file of their own. They get what has been unpacked before.
 */
const nativesByHand: Plugin = {
  name: 'natives-by-hand',
  enforce: 'pre',
  // The .mjs build of sharp asks createRequire for its files, of which there are none.
  config: () => ({
    resolve: { alias: [{ find: /^sharp$/, replacement: join(ROOT, 'node_modules/sharp/dist/index.cjs') }] },
  }),
  load(id) {
    const file = id.replaceAll('\\', '/');
    if (/\/sharp\/dist\/sharp\.cjs$/.test(file)) return `module.exports = require(${ASK}).addon('sharp');`;
    if (/\/better-sqlite3\/lib\/binding\.js$/.test(file))
      return `exports.getBinding = () => require(${ASK}).addon('better-sqlite3');`;
    return null;
  },
};

/** The packages of `APART` are bundled by themselves, so that their code takes no memory where nobody needs it. */
const packagesApart: Plugin = {
  name: 'packages-apart',
  enforce: 'pre',
  load(id) {
    const file = id.replaceAll('\\', '/');
    const name = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\/(?:dist\/esm|built|dist-es)\/index\.js$/.exec(file)?.[1];
    return name && name in APART ? `module.exports = require(${CODE_APART}).packageApart('${name}');` : null;
  },
};

/**
 * Bundles `entry` with everything it needs into the one CommonJS file `outFile` of `outDir`: all that the single binary can load is
 * what is built into Node. `isApart`: it is those packages themselves.
 */
export async function bundle(
  entry: string,
  outDir: string,
  outFile: string,
  { isApart = false } = {},
): Promise<string> {
  await build({
    root: ROOT,
    configFile: false,
    logLevel: 'warn',
    plugins: isApart ? [nativesByHand] : [nativesByHand, packagesApart],
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      ssr: entry,
      outDir,
      emptyOutDir: false,
      target: 'node24',
      minify: true,
      license: { fileName: `${outFile}.licences.json` },
      rollupOptions: { output: { format: 'cjs', entryFileNames: outFile, codeSplitting: false, keepNames: true } },
    },
    ssr: { noExternal: true },
  });
  return join(outDir, outFile);
}
