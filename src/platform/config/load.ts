import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { checkOverride, type Environment, type Override, readEnvironment } from './environment.ts';
import { type ConfigKey, configKeys, metaOf, type Schema, setAt, unwrap, valueAt } from './keys.ts';
import { ConfigError, type ConfigProblem } from './problems.ts';
import { type Config, ConfigSchema } from './schema.ts';
import { readConfigFile } from './yaml-file.ts';

/** The flags of the command line that are settings. */
export interface ConfigFlags {
  config?: string;
  data?: string;
  port?: string;
  host?: string;
}

export interface LoadConfigOptions {
  env: Environment;
  flags?: ConfigFlags;
  /** The YAML file, when neither flag nor variable should choose it. */
  file?: string;
  cwd?: string;
}

/** Where each key's value came from, by its name: `default`, `kinora.yaml:12`, `KINORA_HTTP_PORT`, `--port`. */
export type ConfigOrigins = Record<string, string>;

/** Where a configuration came from. */
export interface ConfigSource {
  origins: ConfigOrigins;
  /** The YAML file that was read, if any. */
  file: string | null;
}

export interface LoadedConfig extends ConfigSource {
  config: Config;
  /** `KINORA_SETUP_TOKEN`: the one-time token for the first admin, when it was chosen beforehand. */
  setupToken: string | null;
}

const FLAG_KEYS = { data: 'data.dir', port: 'http.port', host: 'http.host' } as const;

/**
 * Puts the configuration together: defaults, then the YAML file, then the environment, then flags. What admins chose in the browser
 * goes between the first two, once the database is open (`layBrowserValues`).
 * The file is `--config`, else `KINORA_CONFIG`, else `kinora.yaml` in the data folder if there is one.
 * Throws one `ConfigError` that lists everything that is wrong.
 */
export function loadConfig({ env, flags = {}, file, cwd = process.cwd() }: LoadConfigOptions): LoadedConfig {
  const keys = configKeys();
  const chosenFile = findFile(file ?? flags.config ?? (env['KINORA_CONFIG'] || undefined), env, flags, cwd);
  const read = chosenFile === null ? null : readConfigFile(chosenFile);
  const environment = readEnvironment(env);
  const flagged = readFlags(flags, keys);
  const problems = [...(read?.problems ?? []), ...environment.problems, ...flagged.problems];
  if (problems.length > 0) throw new ConfigError(problems);

  const values: Record<string, unknown> = {};
  const origins: ConfigOrigins = {};
  const set = (key: ConfigKey, value: unknown, origin: string, folder: string) => {
    setAt(values, key.path, resolvePaths(key.schema, value, folder));
    origins[key.name] = origin;
  };
  for (const key of keys) {
    origins[key.name] = 'default';
    if (key.default !== undefined) set(key, key.default, 'default', cwd);
    const value = valueAt(read?.values, key.path);
    if (value !== undefined) set(key, value, read!.placeOf(key.path), dirname(chosenFile!));
  }
  for (const { key, value, where } of [...environment.overrides, ...flagged.overrides]) set(key, value, where, cwd);
  return { config: ConfigSchema.parse(values), origins, file: chosenFile, setupToken: environment.setupToken };
}

function findFile(named: string | undefined, env: Environment, flags: ConfigFlags, cwd: string): string | null {
  // A file that was asked for has to be there; the one in the data folder may be missing.
  if (named !== undefined) return resolve(cwd, named);
  const usual = resolve(cwd, flags.data ?? (env['KINORA_DATA_DIR'] || './data'), 'kinora.yaml');
  return existsSync(usual) ? usual : null;
}

function readFlags(flags: ConfigFlags, keys: ConfigKey[]): { overrides: Override[]; problems: ConfigProblem[] } {
  const overrides: Override[] = [];
  const problems: ConfigProblem[] = [];
  for (const flag of Object.keys(FLAG_KEYS) as (keyof typeof FLAG_KEYS)[]) {
    const text = flags[flag];
    const key = keys.find(({ name }) => name === FLAG_KEYS[flag])!;
    if (text !== undefined) checkOverride(key, text, `--${flag}`, overrides, problems);
  }
  return { overrides, problems };
}

/** Makes the paths inside a value absolute, seen from the folder of the file, or from where the command was given. */
function resolvePaths(schema: Schema, value: unknown, folder: string): unknown {
  const { file } = metaOf(schema);
  if (file && Array.isArray(value)) return value.map((path: string) => absolutePath(path, folder));
  if (file && typeof value === 'string') {
    const isBareName = file === 'command' && !/[/\\]/.test(value);
    return isBareName ? value : absolutePath(value, folder);
  }
  const inner = unwrap(schema);
  if (inner instanceof z.ZodArray) return (value as unknown[]).map((item) => resolvePaths(inner.element, item, folder));
  if (inner instanceof z.ZodObject) {
    const shape = inner.shape as Record<string, z.ZodType>;
    const entries = Object.entries(value as Record<string, unknown>);
    return Object.fromEntries(entries.map(([key, item]) => [key, resolvePaths(shape[key]!, item, folder)]));
  }
  return value;
}

function absolutePath(path: string, folder: string): string {
  // An empty path chooses whatever is usual there.
  if (path === '') return '';
  return path.startsWith('~/') ? join(homedir(), path.slice(2)) : resolve(folder, path);
}
