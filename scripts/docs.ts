/**
 * Writes what the configuration's schema says into config/default.yaml and docs/configure.md, and what the commands say
 * into docs/cli.md: `npm run docs`. Tests prove that all are as they would be written.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderConfigMarkdown } from '../src/platform/config/markdown.ts';
import { renderDefaultYaml } from '../src/platform/config/render.ts';
import { cliDocs } from './cli-docs.ts';

const ROOT = join(import.meta.dirname, '..');

for (const [path, text] of [
  ['config/default.yaml', renderDefaultYaml()],
  ['docs/configure.md', renderConfigMarkdown()],
  ['docs/cli.md', cliDocs()],
] as const) {
  writeFileSync(join(ROOT, path), text);
  console.log(path);
}
