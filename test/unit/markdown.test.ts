import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SECTIONS } from '../../src/commands/doctor.ts';
import { NO_SETTING } from '../../src/platform/config/environment.ts';
import { configKeys, configTree, isGroup } from '../../src/platform/config/keys.ts';

/** Every page in Markdown: its links lead somewhere, and what it says to type exists. */

const ROOT = resolve(import.meta.dirname, '../..');
const PAGES = globSync('**/*.md', {
  cwd: ROOT,
  exclude: (path) => /(^|\/)(node_modules|dist|data|artifacts)(\/|$)/.test(path),
});

interface Page {
  /** Without fenced code; inline code is kept. */
  prose: string;
  /** Where its links go, as written. */
  links: string[];
  anchors: Set<string>;
}

const read = (path: string) => readPage(readFileSync(join(ROOT, path), 'utf8'));

function readPage(text: string): Page {
  const prose = text.replace(/^(`{3,})[^\n]*\n[\s\S]*?^\1`*$/gm, '').replace(/<!--[\s\S]*?-->/g, '');
  const plain = prose.replace(/`[^`\n]+`/g, 'code');
  const links = [
    ...plain.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g),
    ...plain.matchAll(/^\[[^\]]+\]:\s*(\S+)/gm),
    ...plain.matchAll(/<(?:img|source|a)\b[^>]*?\b(?:src|srcset|href)="([^"]+)"/g),
  ].map((match) => match[1]!);
  return { prose, links, anchors: anchorsOf(prose) };
}

/** The anchors GitHub gives to headings: lower case, punctuation away, spaces to hyphens, numbered when repeated. */
function anchorsOf(prose: string): Set<string> {
  const anchors = new Set([...prose.matchAll(/<a (?:id|name)="([^"]+)"/g)].map((match) => match[1]!));
  const seen = new Map<string, number>();
  for (const [, heading] of prose.matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const words = heading!.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const slug = words.replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '').replaceAll(' ', '-');
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    anchors.add(before === 0 ? slug : `${slug}-${before}`);
  }
  return anchors;
}

/** Why a link of a page leads nowhere, or null. */
function brokenLink(from: string, own: Page, link: string): string | null {
  if (/^[a-z][a-z0-9+.-]*:/i.test(link)) return null;
  const [path = '', anchor] = decodeURI(link).split('#');
  const target = path === '' ? from : relative(ROOT, resolve(ROOT, dirname(from), path));
  if (path.startsWith('/') || target.startsWith('..')) return 'leads out of the repository';
  if (!existsSync(join(ROOT, target))) return 'there is no such file';
  if (anchor === undefined || statSync(join(ROOT, target)).isDirectory() || !target.endsWith('.md')) return null;
  const { anchors } = path === '' ? own : read(target);
  return anchors.has(anchor) ? null : `has no heading for #${anchor}`;
}

it('knows a good link from a bad one', () => {
  const text = '# One `two`: three!\n\n## Same\n## Same\n\n[a](x.md "t") ![b](<y.png>) `[c](z)`\n\n```\n[d](q)\n```\n';
  const page = readPage(text);
  expect(page.links).toEqual(['x.md', 'y.png']);
  expect([...page.anchors]).toEqual(['one-two-three', 'same', 'same-1']);
  expect(brokenLink('README.md', page, '#same-1')).toBe(null);
  expect(brokenLink('README.md', page, '#same-2')).toContain('no heading');
  expect(brokenLink('docs/x.md', page, '../nowhere.md')).toContain('no such file');
  expect(brokenLink('docs/x.md', page, '../../etc/passwd')).toContain('out of the repository');
  expect(brokenLink('docs/x.md', page, '../README.md')).toBe(null);
  expect(brokenLink('docs/x.md', page, 'https://example.org/#x')).toBe(null);
});

it('finds the pages', () => {
  expect(PAGES.length).toBeGreaterThan(10);
  expect(PAGES).toContain('README.md');
});

describe.each(PAGES)('%s', (path) => {
  const page = read(path);

  it('has no link that leads nowhere', () => {
    const broken = page.links.flatMap((link) => {
      const why = brokenLink(path, page, link);
      return why === null ? [] : [`${link}: ${why}`];
    });
    expect(broken).toEqual([]);
  });

  it('names only npm scripts, settings and variables that exist', () => {
    const text = readFileSync(join(ROOT, path), 'utf8');
    expect(strangeScripts(text)).toEqual([]);
    expect(strangeSettings(page.prose)).toEqual([]);
    expect(strangeVariables(text)).toEqual([]);
  });
});

it('every section of the doctor is explained under its name', () => {
  const rows = [...read('docs/troubleshooting.md').prose.matchAll(/^\| ([^|]+) \|/gm)].map(([, first]) => first!);
  const explained = rows.flatMap((first) => first.split(', '));
  expect(['Configuration', ...SECTIONS].filter((title) => !explained.includes(title))).toEqual([]);
});

function strangeScripts(text: string): string[] {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: object };
  return [...text.matchAll(/\bnpm run ([\w:-]+)/g)].map((match) => match[1]!).filter((name) => !(name in scripts));
}

/** `http.port` in backticks is a setting wherever its first word is a section's name. */
function strangeSettings(prose: string): string[] {
  const sections = configTree().children.filter(isGroup);
  const known = new Set(configKeys().flatMap(({ path }) => path.map((_, n) => path.slice(0, n + 1).join('.'))));
  return [...prose.matchAll(/`([a-z]+)\.([a-zA-Z.]+)(?::[^`]*)?`/g)]
    .filter(([, section]) => sections.some(({ path }) => path[0] === section))
    .map(([, section, rest]) => `${section}.${rest}`)
    .filter((name) => !known.has(name) && !ELSEWHERE.test(name) && !jobNames().has(name));
}

/** Jobs are called feature.verb, and some features as a section is. */
function jobNames(): Set<string> {
  const sources = globSync('src/features/*/job-definitions.ts', { cwd: ROOT }).map((path) =>
    readFileSync(join(ROOT, path), 'utf8'),
  );
  return new Set(sources.flatMap((text) => [...text.matchAll(/defineJob\(\s*'([\w.]+)'/g)].map((match) => match[1]!)));
}

/** Names that look like settings: ports of `app`, files, parts of the code. */
const ELSEWHERE = /\.(ts|md|yaml|json|db|sh)$/;

function strangeVariables(text: string): string[] {
  const known = new Set(configKeys().flatMap(({ env, secret }) => (secret ? [env, `${env}_FILE`] : [env])));
  return [...text.matchAll(/\bKINORA_[A-Z_]+\b/g)]
    .map(([name]) => name)
    .filter((name) => !known.has(name) && !NO_SETTING.test(name));
}
