import { existsSync } from 'node:fs';
import { join } from 'node:path';
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
