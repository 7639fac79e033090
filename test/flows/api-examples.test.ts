import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeClip } from '../support/media.ts';
import { createTestApp, person, type TestApp } from '../support/test-app.ts';

/** The examples of docs/api.md, run in their order; where an answer is shown, the real one looks like it. */

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/api.md'), 'utf8');
const hasPrograms = ['curl', 'jq', 'bash'].every((name) => spawnSync(name, ['--version']).status === 0);

interface Example {
  title: string;
  language: string;
  code: string;
  /** What it prints, as shown. */
  shown: unknown;
}

function readExamples(): Example[] {
  const examples: Example[] = [];
  let title = '';
  for (const [, heading, language, code] of PAGE.matchAll(/^## (.+)$|^```(\w+)\n([\s\S]*?)^```$/gm)) {
    if (heading) title = heading;
    else if (language === 'json') examples.at(-1)!.shown = JSON.parse(code!);
    else if (language !== 'text') examples.push({ title, language: language!, code: code!, shown: undefined });
  }
  return examples;
}

/** Where an answer lacks something that is shown, or has another kind of value there. */
function differences(shown: unknown, real: unknown, at = ''): string[] {
  const kindOf = (value: unknown) => (Array.isArray(value) ? 'list' : value === null ? 'null' : typeof value);
  if (kindOf(shown) !== kindOf(real)) return [`${at || 'it'} is ${kindOf(real)}, not ${kindOf(shown)}`];
  if (typeof shown !== 'object' || shown === null) return [];
  if (Array.isArray(shown)) return shown.length === 0 ? [] : differences(shown[0], (real as unknown[])[0], `${at}/0`);
  return Object.entries(shown).flatMap(([key, value]) =>
    differences(value, (real as Record<string, unknown>)[key], `${at}/${key}`),
  );
}

describe.runIf(hasPrograms)('docs/api.md', () => {
  const examples = readExamples();
  let kinora: TestApp;
  let folder: string;
  /** What each example printed; those after one that failed have printed nothing. */
  let printed: string[];
  let said: string;

  beforeAll(async () => {
    kinora = await createTestApp({ encoding: { heights: [144] } });
    await kinora.admin();
    const { username, password } = person('admin');
    folder = mkdtempSync(join(tmpdir(), 'kinora-api-examples-'));
    copyFileSync(await makeClip({ seconds: 4, size: '320x180' }), join(folder, 'film.mp4'));
    const env = { ...process.env, KINORA: kinora.url, USERNAME: username, PASSWORD: password, NODE: process.execPath };
    const steps = examples.map(({ language, code }) =>
      language === 'js' ? `TOKEN=$TOKEN "$NODE" --input-type=module - <<'END'\n${code}END\n` : code,
    );
    const script = `set -euo pipefail\n${steps.map((step) => `${step}\nprintf '\\0'\n`).join('')}`;
    const run = spawn('bash', ['-c', script], { cwd: folder, env });
    let out = '';
    said = '';
    run.stdout.on('data', (chunk) => (out += chunk));
    run.stderr.on('data', (chunk) => (said += chunk));
    await new Promise((resolve) => run.on('close', resolve));
    printed = out.split('\0');
  });
  afterAll(async () => {
    await kinora?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('has examples', () => {
    expect(examples.length).toBeGreaterThan(12);
    expect(examples.map(({ language }) => language)).toContain('js');
  });

  it.each(examples.map((example, n) => [example.title, n, example] as const))('%s (%i)', (_title, n, { shown }) => {
    expect(printed.length, `ended early: ${said}`).toBeGreaterThan(n + 1);
    if (shown === undefined) return;
    const real: unknown = JSON.parse(printed[n]!);
    expect(differences(shown, real), printed[n]).toEqual([]);
    const type = (shown as { type?: string }).type;
    if (type) expect(real).toMatchObject({ type, status: (shown as { status: number }).status });
  });

  it('says nothing on the side', () => {
    expect(said).toBe('');
  });

  it('uploads the film whole, and lists it', async () => {
    const admin = await kinora.admin();
    // The token of the examples is another one: signing out with it ended that alone.
    const { items } = await admin.get<{ items: { title: string; sizeBytes: number }[] }>('/api/videos');
    expect(items).toMatchObject([
      { title: 'A better title', sizeBytes: readFileSync(join(folder, 'film.mp4')).length },
    ]);
  });
});
