import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative, sep } from 'node:path';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { FILE_INDEX, FILES, type FileIndex } from '../../src/platform/installation.ts';
import { MANIFEST, NATIVES, type NativesManifest } from '../../src/platform/natives/natives.ts';
import type { PackedFile } from '../../src/platform/natives/unpack.ts';
import { CACHE } from './packages.ts';
import type { Target } from './targets.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** Nine tenths of what the highest level saves, in a tenth of its time. */
const LEVEL = 12;

/** What goes into the binary, by the name the program asks for: the paths of files. */
export type Assets = Record<string, string>;

/** What is read where it is, under the same paths as in an installed folder. */
export function plainAssets(): Assets {
  const files = [
    ...globSync('dist/web/**/*', { cwd: ROOT, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(ROOT, join(entry.parentPath, entry.name))),
    ...globSync('migrations/*.sql', { cwd: ROOT }),
    ...['swagger-ui.css', 'swagger-ui-bundle.js'].map((name) => `node_modules/swagger-ui-dist/${name}`),
    'LICENSE',
    'config/default.yaml',
  ];
  return Object.fromEntries(files.map((file) => [file.split(sep).join('/'), join(ROOT, file)]));
}

/** Native files by the path they are unpacked to. sharp's libraries keep their places, where its addon looks for them. */
export function nativeFiles(
  target: Target,
  packages: string,
): { files: Record<string, string>; addons: Record<string, string> } {
  const files: Record<string, string> = {
    'better-sqlite3.node': join(ROOT, 'node_modules/better-sqlite3/prebuilds', target.sqlite),
  };
  for (const name of target.sharp) {
    const folder = join(packages, 'node_modules', name, 'lib');
    for (const file of readdirSync(folder).filter((each) => /\.(?:node|dll|dylib)$|\.so(?:\.|$)/.test(each))) {
      files[`${name}/lib/${file}`] = join(folder, file);
    }
  }
  const sharp = Object.keys(files).find((path) => path.startsWith('@img/') && path.endsWith('.node'))!;
  return { files, addons: { 'better-sqlite3': 'better-sqlite3.node', sharp } };
}

/** Packs native files, and lists them for the program. `programs` are those to be run. */
export function packedAssets(
  files: Record<string, string>,
  programs: Record<string, string>,
  addons: Record<string, string>,
  outDir: string,
): Assets {
  mkdirSync(CACHE, { recursive: true });
  const entries = [...Object.entries(files), ...Object.entries(programs)];
  const packed = entries.map(([path, file]) => pack(path, file, path in programs));
  const id = createHash('sha256');
  for (const { file } of packed) id.update(`${file.path} ${file.sha256}\n`);
  const manifest: NativesManifest = {
    id: id.digest('hex').slice(0, 16),
    files: packed.map(({ file }) => file),
    addons,
  };
  const listed = join(outDir, MANIFEST);
  writeFileSync(listed, JSON.stringify(manifest));
  return {
    [MANIFEST]: listed,
    ...Object.fromEntries(packed.map(({ file, asset }) => [`${NATIVES}/${file.path}`, asset])),
  };
}

/**
 * All of them as one asset, and an index of it. Node reads the names of its assets at every start, each before its bytes: with one for
 * each file that maps the whole web interface into memory.
 */
export function joinedAssets(assets: Assets, outDir: string): Assets {
  const index: FileIndex = {};
  let offset = 0;
  const contents = Object.entries(assets).map(([name, file]) => {
    const content = readFileSync(file);
    index[name] = [offset, content.length];
    offset += content.length;
    return content;
  });
  writeFileSync(join(outDir, FILES), Buffer.concat(contents));
  writeFileSync(join(outDir, FILE_INDEX), JSON.stringify(index));
  return { [FILE_INDEX]: join(outDir, FILE_INDEX), [FILES]: join(outDir, FILES) };
}

/** Packed files are kept by the hash of what is in them: ffmpeg takes some seconds. */
function pack(path: string, source: string, isProgram: boolean): { file: PackedFile; asset: string } {
  const content = readFileSync(source);
  const sha256 = createHash('sha256').update(content).digest('hex');
  const asset = join(CACHE, `${sha256}-${LEVEL}.zst`);
  if (!existsSync(asset)) {
    const params = { [constants.ZSTD_c_compressionLevel]: LEVEL, [constants.ZSTD_c_nbWorkers]: availableParallelism() };
    // Node 24's asynchronous form gives nothing at all when it is told to use more than one thread.
    const packed = zstdCompressSync(content, { params });
    if (!zstdDecompressSync(packed).equals(content)) throw new Error(`${source} could not be packed.`);
    writeFileSync(`${asset}.part`, packed);
    renameSync(`${asset}.part`, asset);
  }
  return { file: { path, sizeBytes: content.length, sha256, isProgram }, asset };
}
