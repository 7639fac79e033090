import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
import { describe, expect, it } from 'vitest';
import { parse, parseDocument } from 'yaml';

/** What nobody runs here: workflows, forms and configuration of other programs. They can be read, and call what exists. */

const ROOT = resolve(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const FILES = ['.github/**/*.yml', 'config/**/*.{yml,yaml}'].flatMap((pattern) => globSync(pattern, { cwd: ROOT }));

it.each(FILES)('%s is YAML without duplicate keys or warnings', (path) => {
  const { errors, warnings } = parseDocument(read(path), { merge: true });
  expect([...errors, ...warnings]).toEqual([]);
});

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
}
interface Job {
  needs?: string | string[];
  uses?: string;
  steps?: Step[];
  permissions?: Record<string, string>;
}
interface Workflow {
  on: object;
  permissions: Record<string, string>;
  jobs: Record<string, Job>;
}

const WORKFLOWS = FILES.filter((path) => path.startsWith('.github/workflows/'));

it('there are workflows for tests, the site of the docs and releases', () => {
  expect(WORKFLOWS.toSorted()).toEqual(['ci', 'docs', 'release'].map((name) => `.github/workflows/${name}.yml`));
});

/** What GitHub's own parser has against a workflow: unknown keys, wrong kinds of values, expressions that do not parse. */
async function mistakesIn(content: string): Promise<string[]> {
  const { context, value } = parseWorkflow({ name: 'workflow.yml', content }, new NoOperationTraceWriter());
  if (value) await convertWorkflowTemplate(context, value);
  return context.errors.getErrors().map(({ message }) => message);
}

describe.each(WORKFLOWS)('%s', (path) => {
  const workflow = parse(read(path)) as Workflow;
  const jobs = Object.entries(workflow.jobs);
  const steps = jobs.flatMap(([, job]) => job.steps ?? []);

  it('is one that GitHub understands', async () => {
    expect(await mistakesIn(read(path))).toEqual([]);
    // It notices what it does not know, so the silence above means something.
    expect(await mistakesIn(read(path).replace('runs-on:', 'run-on:'))).not.toEqual([]);
  });

  it('may read only, unless a job needs more', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
    for (const [, { permissions = {} }] of jobs) {
      expect(Object.values(permissions).every((level) => level === 'read' || level === 'write')).toBe(true);
    }
  });

  it('waits for jobs that exist, without a circle', () => {
    const before = (name: string, seen: string[] = []): string[] => {
      expect(seen, `${name} waits for itself`).not.toContain(name);
      const job = workflow.jobs[name];
      expect(job, `there is no job ${name}`).toBeDefined();
      return [job!.needs ?? []].flat().flatMap((needed) => [needed, ...before(needed, [...seen, name])]);
    };
    for (const [name] of jobs) before(name);
  });

  it('uses actions of a fixed major version or commit, and workflows that exist', () => {
    const used = [...jobs.map(([, job]) => job.uses), ...steps.map(({ uses }) => uses)].filter(
      (uses) => uses !== undefined,
    );
    for (const uses of used) {
      if (uses.startsWith('./')) expect(existsSync(join(ROOT, uses)), uses).toBe(true);
      else expect(uses).toMatch(/^[\w-]+\/[\w-]+@(v\d+|[0-9a-f]{40})$/);
    }
  });

  it('leaves no credentials behind where it checks out', () => {
    for (const step of steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'))) {
      expect(step.with).toMatchObject({ 'persist-credentials': false });
    }
  });

  it('runs scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: object };
    for (const { run = '' } of steps) {
      for (const [, name] of run.matchAll(/\bnpm run ([\w:-]+)/g)) expect(Object.keys(scripts)).toContain(name);
      const own = /^(\.[\w/.-]+|scripts\/[\w/.-]+)/.exec(run)?.[1];
      if (own) expect(statSync(join(ROOT, own)).mode & 0o111, `${own} cannot be run`).not.toBe(0);
    }
  });

  it('puts nothing from outside into a shell', () => {
    for (const { run = '' } of steps) expect(run).not.toContain('${{');
  });
});

it('a release is made only of what has been tested', () => {
  const { jobs } = parse(read('.github/workflows/release.yml')) as Workflow;
  const before = (name: string): string[] =>
    [jobs[name]!.needs ?? []].flat().flatMap((needed) => [needed, ...before(needed)]);
  expect(before('release')).toContain('test');
  expect(before('image')).toContain('test');
});

describe('issue forms', () => {
  const forms = FILES.filter((path) => path.startsWith('.github/ISSUE_TEMPLATE/') && !path.endsWith('config.yml'));

  it.each(forms)('%s has what GitHub wants', (path) => {
    const form = parse(read(path)) as {
      name: string;
      description: string;
      body: { type: string; id?: string; attributes: { label?: string; options?: string[]; value?: string } }[];
    };
    expect(form.name.length * form.description.length).toBeGreaterThan(0);
    const fields = form.body.filter(({ type }) => type !== 'markdown');
    expect(fields.length).toBeGreaterThan(0);
    expect(new Set(fields.map(({ id }) => id)).size).toBe(fields.length);
    for (const { type, attributes } of form.body) {
      expect(['markdown', 'textarea', 'input', 'dropdown', 'checkboxes']).toContain(type);
      expect(type === 'markdown' ? attributes.value : attributes.label).toMatch(/\S/);
      if (type === 'dropdown') expect(attributes.options!.length).toBeGreaterThan(1);
    }
  });
});

it('Renovate reads its configuration', () => {
  const { extends: presets, packageRules } = JSON.parse(read('renovate.json')) as {
    extends: string[];
    packageRules: { matchPackageNames?: string[] }[];
  };
  expect(presets).toContain('config:recommended');
  const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<string, object>;
  const known = { ...dependencies, ...devDependencies };
  const named = packageRules.flatMap(({ matchPackageNames = [] }) => matchPackageNames);
  expect(named.filter((name) => name !== 'node' && !name.startsWith('/') && !(name in known))).toEqual([]);
});

it('programs beside Kinora in the compose files are of a version that is said, and Renovate looks at all of them', () => {
  const { 'docker-compose': manager } = JSON.parse(read('renovate.json')) as Record<
    string,
    { managerFilePatterns: string[] }
  >;
  const patterns = manager!.managerFilePatterns.map((pattern) => new RegExp(pattern.slice(1, -1)));
  const files = globSync('config/compose/*.yaml', { cwd: ROOT });
  expect(files.length).toBeGreaterThan(3);
  for (const path of files) {
    expect(
      patterns.some((pattern) => pattern.test(path)),
      path,
    ).toBe(true);
    const { services } = parse(read(path), { merge: true }) as { services: Record<string, { image?: string }> };
    for (const { image = '' } of Object.values(services)) expect(image).toMatch(/^kinora:local$|:v?\d[\w.-]*$/);
  }
});

it('a release has the binary with ffmpeg inside and without, and says what each file must be', () => {
  const { jobs } = parse(read('.github/workflows/release.yml')) as Workflow;
  const runs = Object.values(jobs).flatMap(({ steps = [] }) => steps.map(({ run = '' }) => run));
  const built = runs.filter((run) => run.includes('build:binary')).map((run) => /--out release\/(\S+)/.exec(run)?.[1]);
  expect(built).toEqual(['kinora-linux-x64', 'kinora-linux-x64-ffmpeg']);
  const [sums, last] = ['sha256sum', 'gh release create'].map((word) => runs.findIndex((run) => run.includes(word)));
  expect(sums).toBeGreaterThan(runs.findIndex((run) => run.includes('npm sbom')));
  expect(last).toBeGreaterThan(sums!);
});
