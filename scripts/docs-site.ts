/**
 * Makes a web site of docs/ in dist/docs, static files for any web server: `npm run docs:site`. DOCS_BASE is the path it is
 * put under, such as /kinora/; it fails where a link leads nowhere.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const TOOL = join(ROOT, 'tools', 'docs-site');
const SITE = join(ROOT, 'dist', 'docs');

const pages = join(TOOL, 'pages');
rmSync(pages, { recursive: true, force: true });
mkdirSync(pages);
for (const page of ['docs', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md']) {
  cpSync(join(ROOT, page), join(pages, page), { recursive: true });
}
const vitepress = join(TOOL, 'node_modules', 'vitepress', 'bin', 'vitepress.js');
// Links to files whose names end so are left as they are; all others without a known end are taken for pages.
const env = { ...process.env, VITE_EXTRA_EXTENSIONS: 'service' };
const { status } = spawnSync(process.execPath, [vitepress, 'build', TOOL], { stdio: 'inherit', env });
rmSync(pages, { recursive: true });
if (status !== 0) process.exit(1);

// Pages link to files beside them, and the first address leads to the first page.
for (const file of ['config', 'LICENSE']) cpSync(join(ROOT, file), join(SITE, file), { recursive: true });
writeFileSync(join(SITE, 'index.html'), '<!doctype html><meta http-equiv="refresh" content="0; url=docs/">\n');
console.log('The site is in dist/docs.');
