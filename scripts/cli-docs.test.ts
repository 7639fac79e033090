import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { CLI_DOCS, cliDocs } from './cli-docs.ts';

it('docs/cli.md says what the commands say', () => {
  expect(readFileSync(CLI_DOCS, 'utf8')).toBe(cliDocs());
});

it('every command is there, with an example', () => {
  const sections = cliDocs()
    .split(/^#{2,4} kinora /m)
    .slice(1);
  expect(sections.length).toBeGreaterThan(25);
  const leaves = sections.filter((section) => section.includes('```text'));
  expect(leaves.filter((section) => !section.includes('```sh')).map((section) => section.split('\n')[0])).toEqual([]);
});
