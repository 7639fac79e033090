import { closeSync, copyFileSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkDatabase } from '../../src/features/instance/database-check.service.ts';
import type { DataDir } from '../../src/platform/datadir.ts';
import { createTestApp, type TestApp } from '../support/test-app.ts';

/** The check of the database twice a day, by a program of its own. */

let kinora: TestApp;
const folder = mkdtempSync(join(tmpdir(), 'kinora-database-check-'));

beforeAll(async () => {
  kinora = await createTestApp();
});
afterAll(async () => {
  await kinora?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the check of the database', () => {
  it('has nothing to say of one that is whole', async () => {
    await checkDatabase(kinora.app);
  });

  it('says what is wrong with a damaged one', async () => {
    const { app } = kinora;
    app.db.raw.pragma('wal_checkpoint(TRUNCATE)');
    const path = join(folder, 'kinora.db');
    copyFileSync(app.dataDir.databasePath, path);
    const file = openSync(path, 'r+');
    writeSync(file, Buffer.alloc(statSync(path).size / 2, 0xa5), 0, undefined, 8192);
    closeSync(file);
    const damaged = { configSource: app.configSource, dataDir: { path: folder } as DataDir };
    await expect(checkDatabase(damaged)).rejects.toThrow(/^The database /);
  });

  it('says when it could not be looked at', async () => {
    const { dataDir } = kinora.app;
    const lost = { configSource: { origins: {}, file: join(folder, 'nowhere.yaml') }, dataDir };
    await expect(checkDatabase(lost)).rejects.toThrow(/could not be looked at/);
  });
});
