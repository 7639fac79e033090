import type { ConfigFlags, LoadedConfig } from '../platform/config/load.ts';
import { loadConfig } from '../platform/config/load.ts';
import { createLog, type Log } from '../platform/log.ts';

/** Reads the configuration as every command does: flags, environment, file, defaults. */
export function loadedFor(flags: ConfigFlags): LoadedConfig {
  return loadConfig({ env: process.env, flags });
}

export function logFor({ config }: LoadedConfig): Log {
  const json = config.log.format === 'json' || (config.log.format === 'auto' && !process.stderr.isTTY);
  return createLog({ level: config.log.level, json });
}
