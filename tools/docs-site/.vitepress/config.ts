import { defineConfig } from 'vitepress';
import { PAGES } from './pages.ts';

/** The path it is put under, such as /kinora/ for pages of a repository. */
const base = process.env['DOCS_BASE'] ?? '/';

/**
 * Made by scripts/docs-site.ts, which puts the pages into pages/ first. They keep the paths they have in the repository, so
 * that the links between them hold in both places.
 */
export default defineConfig({
  srcDir: 'pages',
  rewrites: { 'docs/README.md': 'docs/index.md', 'docs/decisions/README.md': 'docs/decisions/index.md' },
  outDir: '../../dist/docs',
  cacheDir: 'node_modules/.cache',
  base,
  lang: 'en',
  title: 'Kinora',
  description:
    'A self-hostable media server in one process: your films and shows, and your community’s own video site.',
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: `${base}favicon.svg` }]],
  // The files of config/ are put beside the pages.
  ignoreDeadLinks: [/\/config\//],
  vite: { publicDir: '../../../web/public' },
  themeConfig: {
    logo: '/favicon.svg',
    search: { provider: 'local' },
    nav: [
      { text: 'Install', link: '/docs/install' },
      { text: 'Configuration', link: '/docs/configure' },
      { text: 'API', link: '/docs/api' },
    ],
    sidebar: PAGES,
    outline: [2, 3],
    footer: { message: 'Kinora is free software under the AGPL 3.0.' },
  },
});
