import { type ConfigKey, configKeys, setAt, valueAt } from './keys.ts';
import type { ConfigOrigins } from './load.ts';
import { explainIssue } from './problems.ts';
import type { Config } from './schema.ts';

/** What `ConfigOrigins` says of a value that an admin chose in the browser. */
export const BROWSER = 'browser';

/** Values that were chosen in the browser, by the names of their keys. */
export type BrowserValues = ReadonlyMap<string, unknown>;

/** Whether the file, the environment or a flag decides: then what the browser says does not count. */
export function isDecidedElsewhere(origins: ConfigOrigins, name: string): boolean {
  const origin = origins[name] ?? 'default';
  return origin !== 'default' && origin !== BROWSER;
}

/** What is wrong with a value for a key, after its name ("must be at most 36, not 99"); null when it is right. */
export function explainValue(key: ConfigKey, value: unknown): string | null {
  const parsed = key.schema.safeParse(value);
  if (parsed.success) return null;
  const issue = parsed.error.issues[0]!;
  const where = issue.path.length > 0 ? `entry ${Number(issue.path[0]) + 1} ` : '';
  return `${where}${explainIssue(issue, valueAt(value, issue.path))}`;
}

/**
 * At start: lays what was chosen in the browser over the defaults, below file, environment and flags. Values that a newer
 * version no longer takes are left out, and named in what is returned. Changes `config` and `origins` in place.
 */
export function layBrowserValues(config: Config, origins: ConfigOrigins, values: BrowserValues): string[] {
  const refused: string[] = [];
  for (const key of configKeys()) {
    if (!key.editable || !values.has(key.name) || isDecidedElsewhere(origins, key.name)) continue;
    const value = values.get(key.name);
    if (explainValue(key, value) !== null) refused.push(key.name);
    else putValue(config, origins, key, value);
  }
  return refused;
}

/** Puts one value in force: everything that reads the configuration has it from here on. Undefined: the default again. */
export function putValue(config: Config, origins: ConfigOrigins, key: ConfigKey, value: unknown): void {
  const chosen = value !== undefined;
  // A new array each time: what was made of the old one is remembered by its identity.
  setAt(config as unknown as Record<string, unknown>, key.path, structuredClone(chosen ? value : key.default));
  origins[key.name] = chosen ? BROWSER : 'default';
}
