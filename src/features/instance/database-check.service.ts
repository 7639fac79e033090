import { runOwnCommand } from '../../platform/own-command.ts';
import type { App } from '../../ports.ts';

interface Report {
  sections: { title: string; findings: { state: string; text: string }[] }[];
}

/** It reads, and nobody waits for it: it ends by itself, or when it has said nothing for an hour. */
const NEVER = new AbortController().signal;

/**
 * Periodic: whether the database is whole, by `kinora doctor --only Database`, a program of its own: to read all of a large
 * one would hold up every answer here. Throws what is wrong with it.
 */
export async function checkDatabase({ configSource, dataDir }: Pick<App, 'configSource' | 'dataDir'>): Promise<void> {
  const config = configSource.file === null ? [] : ['--config', configSource.file];
  const argv = ['doctor', '--only', 'Database', '--json', '--data', dataDir.path, ...config];
  let printed = '';
  const onLine = (line: string) => (printed += line);
  await runOwnCommand(argv, { signal: NEVER, onLine }).catch((error: Error) => {
    // It ends with 1 where something is wrong, and says on stdout what.
    if (printed === '') throw new Error(`It could not be looked at: ${error.message}`, { cause: error });
  });
  const section = (JSON.parse(printed) as Report).sections.find(({ title }) => title === 'Database');
  if (!section) throw new Error(`It could not be looked at: ${printed}`);
  const wrong = section.findings.filter(({ state }) => state === 'problem');
  if (wrong.length > 0) throw new Error(`The database ${wrong.map(({ text }) => text).join('; ')}`);
}
