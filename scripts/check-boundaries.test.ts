import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { checkBoundaries } from './check-boundaries.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** The errors for a repository with these files; each gets an export so that it is a module. */
function errorsOf(files: Record<string, string>, { git = false } = {}): string[] {
  const root = mkdtempSync(join(tmpdir(), 'kinora-boundaries-'));
  folders.push(root);
  if (git) spawnSync('git', ['init', '-q'], { cwd: root });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return checkBoundaries(root).errors;
}

const comments = 'src/features/comments/';

describe('the arrows between layers', () => {
  it.each([
    ['src/core/a.ts', "import '../media/b.ts';"],
    ['src/media/a.ts', "import '../platform/b.ts';"],
    ['src/platform/a.ts', "import type { B } from '../streaming/b.ts';"],
    ['src/streaming/a.ts', "import '../features/videos/schema.ts';"],
    ['src/platform/a.ts', "const b = await import('../http/b.ts');"],
    ['src/http/a.ts', "import '../features/videos/service.ts';"],
    ['src/http/a.ts', "import '../streaming/b.ts';"],
    ['src/jobs.ts', "import './http/b.ts';"],
    ['src/app.ts', "import './main.ts';"],
    [`${comments}service.ts`, "import '../../http/range.ts';"],
    [`${comments}service.ts`, "import '../videos/bump.ts';"],
    [`${comments}service.ts`, "import '../videos/routes.ts';"],
    [`${comments}service.ts`, "import '../../schema.ts';"],
    [`${comments}api.ts`, "import './schema.ts';"],
    [`${comments}api.ts`, "import '../../core/ids.ts';"],
    [`${comments}api.ts`, "import 'node:fs';"],
    [`${comments}service.ts`, "import { vi } from 'vitest';"],
    [`${comments}service.ts`, "import '../../../test/support/app.ts';"],
    ['src/platform/a.ts', "import '../../scripts/db-new.ts';"],
    ['src/elsewhere/a.ts', ''],
    ['web/a.tsx', "import '../src/features/comments/service.ts';"],
    ['web/a.tsx', "import { routes } from '../src/features/comments/routes.ts';"],
  ])('forbid %s: %s', (path, text) => {
    expect(errorsOf({ [path]: `${text}\nexport const it = 1;\n` })).toEqual([expect.stringContaining(path)]);
  });

  it.each([
    ['src/media/a.ts', "import '../core/b.ts';"],
    ['src/streaming/a.ts', "import '../platform/b.ts';"],
    ['src/http/viewer.ts', "import '../features/accounts/queries.ts';"],
    ['src/api.ts', "import './http/b.ts'; import './features/videos/routes.ts';"],
    ['src/main.ts', "import './app.ts';"],
    [`${comments}service.ts`, "import '../videos/service.ts'; import '../../ports.ts'; import './threads.ts';"],
    [`${comments}routes.ts`, "import '../../http/validate.ts';"],
    [`${comments}api.ts`, "import { z } from 'zod'; import '../videos/api.ts'; import '../../core/wire.ts';"],
    [`${comments}service.test.ts`, "import { it } from 'vitest'; import '../../../test/support/app.ts';"],
    ['web/a.tsx', "import type { R } from '../src/features/comments/routes.ts';"],
    ['web/a.tsx', "import { Id } from '../src/core/wire.ts'; export const A = () => <p>a</p>;"],
  ])('allow %s: %s', (path, text) => {
    expect(errorsOf({ [path]: `${text}\nexport const it = 1;\n` })).toEqual([]);
  });

  it('find a circle once, types included', () => {
    const errors = errorsOf({
      'src/media/a.ts': "import './b.ts';\n",
      'src/media/b.ts': "import type { C } from './c.ts';\n",
      'src/media/c.ts': "export * from './a.ts';\n",
      'src/media/d.ts': "import './a.ts';\n",
    });
    expect(errors).toEqual([expect.stringMatching(/a\.ts -> .*b\.ts -> .*c\.ts -> .*a\.ts/)]);
  });
});

describe('who writes which table', () => {
  const schema = 'export const videos = {};\n';

  it('is the folder that defines it', () => {
    const text = "import { videos } from './schema.ts';\nexport const add = (tx) => tx.insert(videos).values({});\n";
    expect(errorsOf({ 'src/features/videos/schema.ts': schema, 'src/features/videos/service.ts': text })).toEqual([]);
  });

  it.each(['tx.insert(films)', 'tx\n    .update( films )', 'tx.delete(films).where()'])(
    'is nobody else: %s',
    (call) => {
      const text = `import { videos as films } from '../videos/schema.ts';\nexport const f = (tx) => ${call};\n`;
      expect(errorsOf({ [`${comments}service.ts`]: text })).toEqual([expect.stringContaining('writes "films"')]);
    },
  );

  it('leaves reading, joining and other names alone', () => {
    const text =
      "import { videos } from '../videos/schema.ts';\n" +
      'export const f = (tx, seen) => [tx.select().from(videos), seen.delete(videosOfMine)];\n';
    expect(errorsOf({ [`${comments}queries.ts`]: text })).toEqual([]);
  });
});

describe('the shape of files', () => {
  const lines = (count: number) => 'export {};\n'.repeat(count);

  it('has a cap on lines', () => {
    expect(errorsOf({ 'src/core/a.ts': lines(400), 'src/core/a.test.ts': lines(600) })).toEqual([]);
    expect(errorsOf({ 'src/core/a.ts': lines(401), 'src/core/a.test.ts': lines(601) })).toHaveLength(2);
  });

  it('has no empty names, no barrels and no default exports', () => {
    expect(errorsOf({ 'web/lib/date-utils.ts': lines(1) })).toEqual([expect.stringContaining('"utils"')]);
    expect(errorsOf({ 'src/media/index.ts': "export * from './a.ts';\n" })).toHaveLength(1);
    expect(errorsOf({ 'web/a.tsx': 'export default 1;\n' })).toEqual([expect.stringContaining('default export')]);
    expect(errorsOf({ 'web/vite.config.ts': 'export default 1;\n' })).toEqual([]);
  });

  it('has no paths of one machine in it', () => {
    const home = ['', 'home', 'ada', 'films'].join('/');
    expect(errorsOf({ 'docs/a.md': `Put it in ${home}.\n` }, { git: true })).toEqual([expect.stringContaining(':1')]);
    expect(errorsOf({ 'docs/a.md': 'See /home/kinora/data and web/home/ada/x.\n' }, { git: true })).toEqual([]);
  });
});
