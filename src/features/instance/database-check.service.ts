import { execFile } from 'node:child_process';
import { ownCommand } from '../../platform/own-command.ts';
import type { App } from '../../ports.ts';

interface Report {
  sections: { title: string; findings: { state: string; text: string }[] }[];
}

/**
 * Periodic: whether the database is whole, by `kinora doctor --only Database`, a program of its own: to read all of a large
 * one would hold up every answer here. Throws what is wrong with it.
 */
export async function checkDatabase({ configSource, dataDir }: Pick<App, 'configSource' | 'dataDir'>): Promise<void> {
  const [command, ...first] = ownCommand();
  const config = configSource.file === null ? [] : ['--config', configSource.file];
  const argv = [...first, 'doctor', '--only', 'Database', '--json', '--data', dataDir.path, ...config];
  const printed = await new Promise<string>((resolve, reject) => {
    // It ends with 1 where something is wrong, and says on stdout what.
    execFile(command!, argv, { encoding: 'utf8' }, (error, stdout, stderr) =>
      stdout === ''
        ? reject(new Error(`It could not be looked at: ${stderr.trim() || error?.message}`))
        : resolve(stdout),
    );
  });
  const section = (JSON.parse(printed) as Report).sections.find(({ title }) => title === 'Database');
  if (!section) throw new Error(`It could not be looked at: ${printed}`);
  const wrong = section.findings.filter(({ state }) => state === 'problem');
  if (wrong.length > 0) throw new Error(`The database ${wrong.map(({ text }) => text).join('; ')}`);
}
