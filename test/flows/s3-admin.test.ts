import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { S3Settings } from '../../src/platform/storage/s3/settings.ts';
import { createClient, isReady, type TestClient } from '../support/client.ts';
import { download, readMultivariant } from '../support/hls.ts';
import { runKinora } from '../support/kinora-command.ts';
import { makeClip } from '../support/media.ts';
import { createOpenApiCheck, type OpenApi } from '../support/openapi-check.ts';
import { freePort, startKinora } from '../support/process.ts';
import { lacksRadosgw, type S3Server, startRadosgw } from '../support/radosgw.ts';
import { person } from '../support/test-app.ts';

interface Report {
  healthy: boolean;
  sections: { title: string; findings: { state: string; text: string; todo?: string }[] }[];
}

/** What an admin does with a bucket on the command line: with a real server of it. */
describe.skipIf(lacksRadosgw)('an admin with a bucket', () => {
  let server: S3Server;
  let bucket: S3Settings & { secretAccessKey: string };
  let folder: string;
  beforeAll(async () => {
    server = await startRadosgw();
    bucket = await server.newBucket();
    folder = mkdtempSync(join(tmpdir(), 'kinora-bucket-admin-'));
  }, 120_000);
  afterAll(async () => {
    await server?.stop();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  const settings = (changes: Partial<S3Settings> = {}) => {
    const { endpoint, bucket: name, accessKeyId, secretAccessKey } = { ...bucket, ...changes };
    return {
      KINORA_STORAGE_S3_ENDPOINT: endpoint,
      KINORA_STORAGE_S3_BUCKET: name,
      KINORA_STORAGE_S3_ACCESS_KEY_ID: accessKeyId,
      KINORA_STORAGE_S3_SECRET_ACCESS_KEY: secretAccessKey!,
      KINORA_ENCODING_HEIGHTS: '[360, 240]',
      KINORA_ENCODING_HARDWARE: 'off',
      KINORA_SETUP_TOKEN: 'bucket-test',
    };
  };
  const inBucket = (changes: Partial<S3Settings> = {}) => ({ KINORA_STORAGE_DRIVER: 's3', ...settings(changes) });
  const kinora = (argv: string[], env: Record<string, string>) => runKinora([...argv, '--data', folder], { env });
  const examine = async (changes: Partial<S3Settings> = {}) => {
    const { stdout } = await kinora(['doctor', '--only', 'Bucket', '--json'], inBucket(changes));
    const report = JSON.parse(stdout) as Report;
    return report.sections.find(({ title }) => title === 'Bucket')!.findings;
  };

  it('is told by doctor that all is well, and nothing is left of the trial', async () => {
    expect(await examine()).toEqual([
      { state: 'ok', text: expect.stringMatching(/can be listed, written, read and deleted from \(\d+ ms for all\)/) },
    ]);
    expect(await server.keys(bucket)).toEqual([]);
  });

  it.each<[string, Partial<S3Settings>, RegExp]>([
    ['the secret', { secretAccessKey: 'wrong' }, /the secret is wrong/],
    ['the bucket', { bucket: 'not-there' }, /There is no bucket "not-there"/],
    ['the address', { endpoint: 'http://127.0.0.1:9' }, /cannot be reached \(ECONNREFUSED\)/],
  ])('is told what is wrong with %s, by doctor and at the start', async (_what, changes, sentence) => {
    expect(await examine(changes)).toEqual([
      { state: 'problem', text: expect.stringMatching(sentence), todo: expect.any(String) },
    ]);
    // A server that does not answer may be starting: that takes longer to give up.
    if (changes.endpoint) return;
    const started = await kinora(['serve', '--port', '0'], inBucket(changes));
    expect(started.code).not.toBe(0);
    expect(started.output).toMatch(sentence);
    expect(started.output).not.toContain('    at ');
  });

  it('is told that versions are kept', async () => {
    const versioned = await server.newBucket();
    await server.keepVersions(versioned);
    expect(await examine({ bucket: versioned.bucket })).toContainEqual({
      state: 'warning',
      text: expect.stringContaining('versions are kept'),
      todo: expect.stringContaining('lifecycle rule'),
    });
  });

  it('moves everything to the bucket and back, and all of it plays as before', async () => {
    const port = await freePort();
    let token: string | undefined;
    const serve = async (env: Record<string, string>) => {
      const running = await startKinora(folder, env, port);
      const openapi = createOpenApiCheck((await (await fetch(`${running.url}/api/openapi.json`)).json()) as OpenApi);
      const nobody = createClient(running.url, openapi);
      const who = { ...person('admin'), token: 'bucket-test' };
      token ??= (await nobody.post<{ token: string }>('/api/setup', who, 201)).token;
      return { running, client: createClient(running.url, openapi, token) };
    };
    const watch = async (client: TestClient, id: string) => {
      const { playback } = await client.waitFor(id, isReady);
      const { variants, audio } = await readMultivariant(client, playback!.hls);
      const path = join(folder, 'watched.mp4');
      for (const { url } of [...variants, ...audio]) await download(client, url, path);
      return client.bytes(`${playback!.poster!}.webp`);
    };

    const first = await serve(settings());
    const id = await first.client.upload(await makeClip({ seconds: 5 }));
    const poster = await first.client
      .waitFor(id, ({ playback }) => Boolean(playback?.storyboard))
      .then(() => watch(first.client, id));
    const busy = await kinora(['storage', 'copy', '--to', 's3'], settings());
    expect([busy.code, busy.output]).toEqual([1, expect.stringContaining('Stop it first')]);
    expect(await first.running.end('SIGTERM')).toBe(0);

    const there = await kinora(['storage', 'copy', '--to', 's3'], settings());
    expect([there.code, there.output]).toEqual([0, expect.stringMatching(/Copied \d+ files/)]);
    expect((await kinora(['storage', 'copy', '--to', 's3'], settings())).output).toMatch(
      /Copied 0 files.*; \d+ were there/,
    );
    renameSync(join(folder, 'videos'), join(folder, 'videos-before'));
    const second = await serve(inBucket());
    expect((await watch(second.client, id)).equals(poster)).toBe(true);
    expect(await second.running.end('SIGTERM')).toBe(0);
    expect(existsSync(join(folder, 'videos'))).toBe(false);

    const backup = join(folder, 'kinora.tar');
    expect((await kinora(['backup', backup, '--with-originals'], inBucket())).output).toContain(
      'Originals are in the bucket',
    );
    expect((await kinora(['backup', backup], inBucket())).output).toContain(
      'in the bucket, which needs a backup of its own',
    );

    const back = await kinora(['storage', 'copy', '--to', 'fs'], settings());
    expect([back.code, back.output]).toEqual([0, expect.stringMatching(/Copied \d+ files/)]);
    const third = await serve(settings());
    expect((await watch(third.client, id)).equals(poster)).toBe(true);
    expect(await third.running.end('SIGTERM')).toBe(0);
  });
});
