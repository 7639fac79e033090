import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { stamp } from '../../platform/backup/snapshots.ts';
import { ownCommand } from '../../platform/own-command.ts';
import type { JobContext } from '../../platform/queue.run.ts';
import type { App } from '../../ports.ts';
import { backupFolder, dropOldBackups } from './files.service.ts';
import { backupJob } from './job-definitions.ts';

export function handleBackupJobs(app: App): void {
  app.queue.handle(backupJob, (_payload, context) => writeScheduled(app, context));
}

/**
 * Writes a backup by `kinora backup`, a program of its own: copying and checking a large database would hold up every
 * answer here for seconds. Old ones are deleted only after the new one is whole.
 */
async function writeScheduled(app: App, context: JobContext): Promise<void> {
  const folder = backupFolder(app);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `kinora-${stamp(app.clock.nowMs())}.tar`);
  const originals = app.config.backup.originals ? ['--with-originals'] : [];
  const { file } = app.configSource;
  const config = file === null ? [] : ['--config', file];
  const argv = ['backup', path, '--data', app.dataDir.path, ...config, '--json', ...originals];
  await runOurselves(argv, context);
  app.log.info({ path }, 'Wrote a backup.');
  for (const name of await dropOldBackups(app)) app.log.info({ name }, 'Deleted an old backup.');
}

async function runOurselves(argv: string[], { signal, progress, log }: JobContext): Promise<void> {
  signal.throwIfAborted();
  const [command, ...first] = ownCommand();
  const child = spawn(command!, [...first, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
  if (child.pid !== undefined) lowerPriority(child.pid);
  const stop = () => void child.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    log(text);
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { percent } = JSON.parse(line) as { percent?: number };
    if (percent !== undefined) progress(percent);
  });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    signal.throwIfAborted();
    if (code !== 0) throw new Error(said.trim().split('\n').at(-1) || `The backup ended with ${code}.`);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** Whoever watches goes first. */
function lowerPriority(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It has ended already, or this system does not allow it: slower for others, and no worse.
  }
}
