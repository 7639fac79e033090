import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { PAGES } from '../tools/docs-site/.vitepress/pages.ts';

const DOCS = join(import.meta.dirname, '..', 'docs');

it('the site has every page of docs/ in its side bar, and no other', () => {
  const links = PAGES.flatMap(({ items }) => items.map(({ link }) => link)).filter((link) => link.startsWith('/docs/'));
  const pages = readdirSync(DOCS).filter((name) => name.endsWith('.md'));
  const expected = pages.map((name) => `/docs/${name.replace(/(README)?\.md$/, '')}`);
  expect(links.sort()).toEqual([...expected, '/docs/decisions/'].sort());
});
