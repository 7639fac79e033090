import { posix } from 'node:path';
import type { SourceFile } from './source-files.ts';

const SCHEMA = /(?:^|[/.])schema\.ts$/;

/**
 * Join anyone's table, write only your own: whoever imports a table from a schema file of another folder may not hand
 * it to `insert`, `update` or `delete`. The list src/schema.ts belongs to nobody.
 */
export function foreignWrites(files: SourceFile[]): string[] {
  return files
    .filter((file) => file.path.startsWith('src/') && !file.isTest)
    .flatMap((file) =>
      file.imports
        .filter(({ target }) => target !== null && SCHEMA.test(target) && !owns(file.path, target))
        .flatMap(({ target, names }) =>
          names
            .filter(({ local }) => local !== '' && writes(file.text, local))
            .map(({ local }) => `${file.path} writes "${local}", a table of ${target}: call a verb of its owner.`),
        ),
    );
}

function owns(path: string, schema: string): boolean {
  return schema !== 'src/schema.ts' && path.startsWith(`${posix.dirname(schema)}/`);
}

/** Also finds `insert(schema.users)` where `schema` is imported as a whole. */
function writes(text: string, local: string): boolean {
  const name = local.replaceAll('$', '\\$');
  return new RegExp(`\\.(?:insert|update|delete)\\(\\s*${name}\\s*[).]`).test(text);
}
