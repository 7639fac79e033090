import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { parseSync } from 'vite';

/** One import or re-export. */
export interface Import {
  /** As written: "../core/wire.ts", "zod". */
  specifier: string;
  /** The file inside the repository that is meant, with forward slashes; null for packages. */
  target: string | null;
  typeOnly: boolean;
  /** What is imported under which name; `*` for all of it. */
  names: { imported: string; local: string }[];
}

/** What the checks need to know of a source file. Paths are relative to the repository, with forward slashes. */
export interface SourceFile {
  path: string;
  text: string;
  lines: number;
  isTest: boolean;
  imports: Import[];
  hasDefaultExport: boolean;
  /** Every statement only passes on what another file exports. */
  onlyReexports: boolean;
}

const SOURCE = /\.(?:tsx?|mjs)$/;

/** Reads and parses all sources below these folders of the repository, `node_modules` left out. */
export function readSources(root: string, folders: string[]): SourceFile[] {
  return folders
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && SOURCE.test(entry.name) && !entry.parentPath.includes('node_modules'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort()
    .map((path) => parse(path, readFileSync(join(root, path), 'utf8')));
}

function parse(path: string, text: string): SourceFile {
  // The parser that Vite brings along. TypeScript 7 has no API for this, and dependency-cruiser needs an older one.
  const { module } = parseSync(path, text);
  const imports: Import[] = [];
  for (const { moduleRequest, entries } of module.staticImports) {
    imports.push({
      specifier: moduleRequest.value,
      target: resolve(path, moduleRequest.value),
      typeOnly: entries.length > 0 && entries.every((entry) => entry.isType),
      names: entries.map((entry) => ({ imported: entry.importName.name ?? '*', local: entry.localName.value })),
    });
  }
  let reexports = 0;
  let ownExports = 0;
  let hasDefaultExport = false;
  for (const { entries } of module.staticExports) {
    for (const { moduleRequest, isType, exportName, importName } of entries) {
      if (exportName.kind === 'Default') hasDefaultExport = true;
      if (!moduleRequest) {
        ownExports += 1;
        continue;
      }
      reexports += 1;
      const specifier = moduleRequest.value;
      const names = [{ imported: importName.name ?? '*', local: '' }];
      imports.push({ specifier, target: resolve(path, specifier), typeOnly: isType, names });
    }
  }
  for (const { moduleRequest } of module.dynamicImports) {
    const literal = /^['"`]([^'"`$]+)['"`]$/.exec(text.slice(moduleRequest.start, moduleRequest.end))?.[1];
    if (literal) imports.push({ specifier: literal, target: resolve(path, literal), typeOnly: false, names: [] });
  }
  return {
    path,
    text,
    lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0),
    isTest: /\.(?:test|contract)\.[a-z]+$/.test(path) || path.startsWith('test/'),
    imports,
    hasDefaultExport,
    onlyReexports: reexports > 0 && ownExports === 0,
  };
}

function resolve(from: string, specifier: string): string | null {
  return specifier.startsWith('.') ? posix.normalize(posix.join(dirname(from), specifier)) : null;
}
