import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  findByLocation,
  knownAlike,
  knownAt,
  knownBelow,
  knownIn,
} from '../../src/features/libraries/known.queries.ts';
import { sumVideos } from '../../src/features/overview/usage.service.ts';
import { recoverVideos } from '../../src/features/videos/recovery.service.ts';
import { renewOutdated } from '../../src/features/videos/renewal.ts';
import { recheckMissing } from '../../src/features/videos/restored.service.ts';
import type { TestClient } from '../support/client.ts';
import { createTestApp, type TestApp } from '../support/test-app.ts';

/** Every list is read through an index, whoever asks for it: what SQLite plans, not what we hope. */

let kinora: TestApp;
let admin: TestClient;
let member: TestClient;
const prepared = new Set<string>();

beforeAll(async () => {
  kinora = await createTestApp();
  admin = await kinora.admin();
  member = await kinora.member();
  const { raw } = kinora.app.db;
  const prepare = raw.prepare.bind(raw);
  raw.prepare = ((sql: string) => {
    prepared.add(sql);
    return prepare(sql);
  }) as typeof raw.prepare;
});
afterAll(() => kinora?.close());

/** The tables (or indexes) a query reads from end to end. Nobody has many libraries. */
function scans(sql: string): string[] {
  return planOf(sql).filter((detail) => /^SCAN (?!libraries )|USE TEMP B-TREE FOR ORDER BY/.test(detail));
}

function planOf(sql: string): string[] {
  const { raw } = kinora.app.db;
  const parameters = (sql.match(/\?/g) ?? []).map(() => 1);
  const plan = raw.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...parameters) as { detail: string }[];
  return plan.map(({ detail }) => detail);
}

it('holds for all lists and single reads', async () => {
  const urls = [
    '/api/videos',
    '/api/videos?limit=3',
    '/api/videos?library=Aaaa1111Bbbb22',
    '/api/videos?channel=Aaaa1111Bbbb22',
    '/api/videos?owner=me',
    '/api/videos?owner=Aaaa1111Bbbb22',
    '/api/videos?state=failed',
    '/api/videos?origin=upload',
    '/api/videos?owner=me&state=uploading',
    '/api/history/continue',
  ];
  const forAdmins = [
    '/api/libraries',
    '/api/users',
    '/api/channels/@admin',
    '/api/me',
    '/api/users?removed=true',
    '/api/registrations',
    '/api/invites',
    '/api/users?role=admin&disabled=true&search=a',
    '/api/jobs',
    '/api/audit',
    '/api/audit?act=settings.changed',
    '/api/audit?actor=admin&fromMs=1&untilMs=2',
    '/api/jobs?state=failed',
    '/api/jobs?lane=encode',
    '/api/jobs?lane=encode&state=done',
    '/api/jobs/lanes',
    '/api/backups',
    '/api/tasks',
  ];
  for (const client of [kinora.client(), member, admin]) for (const url of urls) await client.get(url);
  for (const url of forAdmins) await admin.get(url);
  await admin.get('/api/me/sessions');
  for (const [path, body] of [
    ['/api/auth/login', { login: 'nobody', password: 'x' }],
    ['/api/auth/invite', { token: 'x' }],
    ['/api/auth/reset/check', { token: 'x' }],
  ] as const) {
    const init = { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } };
    await kinora.client().raw('POST', path, init);
  }
  await member.raw('GET', '/api/videos/Aaaa1111Bbbb22');
  const reads = [...prepared].filter((sql) => /^\s*select/i.test(sql));
  expect(reads.length).toBeGreaterThan(10);
  const slow = reads.flatMap((sql) => scans(sql).map((detail) => `${detail}: ${sql}`));
  expect(slow).toEqual([]);
});

it('the overview reads videos through an index, and sums them up from indexes alone', async () => {
  prepared.clear();
  await admin.get('/api/overview');
  // Sums, which it may make anew, are looked at below.
  const reads = [...prepared].filter(
    (sql) => /^\s*select/i.test(sql) && /"videos"|"sources"/.test(sql) && !/\bsum\(/i.test(sql),
  );
  expect(reads.length).toBeGreaterThan(0);
  expect(reads.flatMap(planOf).filter((detail) => /^SCAN (videos|sources)$|TEMP B-TREE/.test(detail))).toEqual([]);
  expect(reads.flatMap(planOf)).toContainEqual(
    expect.stringMatching(/^(SCAN|SEARCH) videos USING (COVERING )?INDEX videos_size/),
  );
  prepared.clear();
  await sumVideos(kinora.app);
  const sums = [...prepared].filter((sql) => /^\s*select/i.test(sql) && /"videos"/.test(sql));
  expect(sums).toHaveLength(3);
  for (const sql of sums) expect(planOf(sql), sql).toContainEqual(expect.stringContaining('USING COVERING INDEX'));
  prepared.clear();
  recheckMissing(kinora.app);
  const [missing] = [...prepared].filter((sql) => /^\s*select/i.test(sql) && /"sources"/.test(sql));
  expect(planOf(missing!)).toContainEqual(expect.stringContaining('sources_missing'));
});

/** What runs at the start, by a timer, or for each file of a library. Some of it is prepared once, and so heard of once. */
const WORK = {
  renewed: () => renewOutdated(kinora.app),
  stranded: () => recoverVideos(kinora.app),
  byPath: () => findByLocation(kinora.app.db.orm, '/films/a.mp4'),
  knownAt: () => knownAt(kinora.app, 'Aaaa1111Bbbb22', '/films/a.mp4'),
  knownIn: () => knownIn(kinora.app, 'Aaaa1111Bbbb22', '/films'),
  knownAlike: () => knownAlike(kinora.app, [{ path: '/films/a.mp4', sizeBytes: 1, modifiedAtMs: 2 }]),
  knownBelow: () => knownBelow(kinora.app, 'Aaaa1111Bbbb22', '/films'),
};
const reads = new Map<string, string>();

describe.each([
  ['nothing is known of how large tables are', 'DROP TABLE IF EXISTS sqlite_stat1'],
  ['tables were next to empty when SQLite looked at them', 'ANALYZE'],
])('where %s', (_, look) => {
  beforeAll(async () => {
    for (const [name, work] of Object.entries(WORK)) {
      if (reads.has(name)) continue;
      prepared.clear();
      await work();
      const [read, ...more] = [...prepared].filter((sql) => /^\s*select/i.test(sql));
      expect(more, name).toEqual([]);
      reads.set(name, read!);
    }
    const { raw } = kinora.app.db;
    raw.exec(look);
    // Plans are made by what was read of it when the schema was.
    raw.exec('ANALYZE sqlite_schema');
  });
  const plan = (name: keyof typeof WORK) => planOf(reads.get(name)!);
  const by = (table: string, index: string) =>
    expect.stringMatching(new RegExp(`^SEARCH ${table} USING INDEX ${index} `));

  it('what an older version made is found by its format, however many videos are ready', () => {
    expect(plan('renewed')).toEqual([by('sources', 'sources_format'), by('videos', 'sqlite_autoindex_videos_1')]);
  });

  it('videos that were being processed are found by their state, and their jobs by the video', () => {
    expect(plan('stranded')).toContainEqual(by('videos', 'videos_state'));
    expect(plan('stranded')).toContainEqual(by('jobs', 'jobs_video'));
    expect(plan('stranded').filter((detail) => /^SCAN/.test(detail))).toEqual([]);
  });

  it('a file is looked for by its path, its folder, or its size and time, and not among all of its library', () => {
    const video = by('videos', 'sqlite_autoindex_videos_1');
    expect(plan('byPath')).toEqual([by('sources', 'sources_in_place'), video]);
    expect(plan('knownAt')).toEqual([by('sources', 'sources_in_place'), video]);
    expect(plan('knownIn')).toEqual([by('sources', 'sources_in_place'), video]);
    expect(plan('knownAlike')).toEqual([by('videos', 'videos_size'), by('sources', 'sources_video')]);
    expect(plan('knownBelow')).toEqual([by('videos', 'videos_library'), by('sources', 'sources_video')]);
  });
});
