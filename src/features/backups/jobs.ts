import { join } from 'node:path';
import type { z } from 'zod';
import { stamp } from '../../platform/backup/snapshots.ts';
import { makePath } from '../../platform/make-path.ts';
import { runOwnCommand } from '../../platform/own-command.ts';
import type { JobContext } from '../../platform/queue.run.ts';
import type { App } from '../../ports.ts';
import { SCHEDULE } from '../accounts/viewer.ts';
import { recordAct } from '../audit/service.ts';
import { backupFolder, dropOldBackups, findBackup } from './files.service.ts';
import { backupJob } from './job-definitions.ts';

export function handleBackupJobs(app: App): void {
  app.queue.handle(backupJob, (payload, context) => writeOne(app, payload, context));
}

/**
 * Writes a backup by `kinora backup`, a program of its own: copying and checking a large database would hold up every
 * answer here for seconds. Old ones are deleted only after the new one is whole.
 */
async function writeOne(app: App, payload: z.output<typeof backupJob.payload>, context: JobContext): Promise<void> {
  const { originals = app.config.backup.originals, by = SCHEDULE } = payload;
  const folder = backupFolder(app);
  makePath(folder);
  const name = `kinora-${stamp(app.clock.nowMs())}.tar`;
  const path = join(folder, name);
  const { file } = app.configSource;
  const config = file === null ? [] : ['--config', file];
  const argv = ['backup', path, '--data', app.dataDir.path, ...config, '--json', '--for-server'];
  await runOwnCommand([...argv, ...(originals ? ['--with-originals'] : [])], {
    signal: context.signal,
    onStderr: context.log,
    onLine(line) {
      const { percent } = JSON.parse(line) as { percent?: number };
      if (percent !== undefined) context.progress(percent);
    },
  });
  app.log.info({ path }, 'Wrote a backup.');
  const sizeBytes = findBackup(app, name)?.sizeBytes;
  const changes = { sizeBytes: { after: sizeBytes }, originals: { after: originals } };
  app.db.write((tx) => recordAct(app, tx, by, { act: 'backup.made', target: { id: name, name }, changes }));
  for (const old of await dropOldBackups(app)) {
    app.log.info({ name: old.name }, 'Deleted an old backup.');
    const act = { act: 'backup.removed', target: { id: old.name, name: old.name } } as const;
    const gone = { sizeBytes: { before: old.sizeBytes }, keep: { after: app.config.backup.keep } };
    app.db.write((tx) => recordAct(app, tx, SCHEDULE, { ...act, changes: gone }));
  }
}
