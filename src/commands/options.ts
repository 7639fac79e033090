import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { takeBrowserValues } from '../features/settings/queries.ts';
import type { ConfigFlags, LoadedConfig } from '../platform/config/load.ts';
import { loadConfig } from '../platform/config/load.ts';
import { openReadOnly } from '../platform/db.ts';
import { createLog, createSilentLog, type Log } from '../platform/log.ts';

/** Reads the configuration as every command does: flags, environment, file, defaults. */
export function loadedFor(flags: ConfigFlags): LoadedConfig {
  return loadConfig({ env: process.env, flags });
}

/** As `loadedFor`, with what admins chose in the browser; from a database that is older than that, or none, nothing. */
export function loadedWithBrowser(flags: ConfigFlags): LoadedConfig {
  const loaded = loadedFor(flags);
  const path = join(loaded.config.data.dir, 'kinora.db');
  if (!existsSync(path)) return loaded;
  const log = createSilentLog();
  const db = openReadOnly(path);
  try {
    takeBrowserValues({ config: loaded.config, configSource: loaded, db, log });
  } catch (error) {
    if (!(error as Error).message.includes('no such table')) throw error;
  } finally {
    db.close();
  }
  return loaded;
}

export function logFor({ config }: LoadedConfig): Log {
  const json = config.log.format === 'json' || (config.log.format === 'auto' && !process.stderr.isTTY);
  return createLog({ level: config.log.level, json });
}

/** What every command that is about an instance takes; goes last. */
export function instanceOptions(command: Command): Command {
  return command
    .optionsGroup('Which instance:')
    .option('--config <file>', 'the YAML file to read (default: kinora.yaml in the data folder)')
    .option('--data <dir>', 'the data folder (default: ./data)');
}

/** Lines below a command's help that can be typed as they are. */
export function examples(command: Command, lines: readonly string[]): Command {
  return command.addHelpText('after', `\nExamples:\n${lines.map((line) => `  $ kinora ${line}`).join('\n')}`);
}

/** A whole number of an option. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (Number.isInteger(number) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}
