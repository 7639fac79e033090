import { readFileSync } from 'node:fs';
import { type ConfigKey, configKeys } from './keys.ts';
import { nearest } from './nearest.ts';
import { type ConfigProblem, explainIssue } from './problems.ts';

export type Environment = Record<string, string | undefined>;

/** One value from the environment or the command line, checked. */
export interface Override {
  key: ConfigKey;
  value: unknown;
  /** The variable or flag it came from. */
  where: string;
}

const SETUP_TOKEN = 'KINORA_SETUP_TOKEN';
/** Ours, but no settings: where the file is, where the single binary unpacks itself, and what the start script, developers and tests use. */
export const NO_SETTING = /^KINORA_(CACHE_DIR|CONFIG|NODE|DEV_.*|TEST_.*|SETUP_TOKEN|SETUP_TOKEN_FILE)$/;

/**
 * Reads every `KINORA_<SECTION>_<KEY>`. An empty variable counts as unset: Compose files pass those on.
 * A variable of ours that means nothing is a mistake, since nobody sets one for no reason.
 */
export function readEnvironment(env: Environment): {
  overrides: Override[];
  setupToken: string | null;
  problems: ConfigProblem[];
} {
  const overrides: Override[] = [];
  const problems: ConfigProblem[] = [];
  const known = new Set<string>();
  for (const key of configKeys()) {
    known.add(key.env);
    if (key.secret) known.add(`${key.env}_FILE`);
    const text = key.secret ? readSecret(env, key.env, problems) : env[key.env];
    if (text) checkOverride(key, text, key.env, overrides, problems);
  }
  for (const name of Object.keys(env)) {
    if (!name.startsWith('KINORA_') || known.has(name) || NO_SETTING.test(name) || !env[name]) continue;
    const closest = nearest(name, [...known, 'KINORA_CONFIG', SETUP_TOKEN]);
    const hint = closest ? `; did you mean ${closest}?` : '';
    problems.push({ where: name, message: `there is no such setting${hint}` });
  }
  return { overrides, setupToken: readSecret(env, SETUP_TOKEN, problems) ?? null, problems };
}

/** Turns a text into the value of a key; adds to `overrides`, or to `problems`. */
export function checkOverride(
  key: ConfigKey,
  text: string,
  where: string,
  overrides: Override[],
  problems: ConfigProblem[],
): void {
  const value = readText(key, text);
  const parsed = key.schema.safeParse(value);
  if (parsed.success) overrides.push({ key, value, where });
  else {
    const issue = parsed.error.issues[0]!;
    const name = [key.name, ...issue.path].join('.');
    // A secret is not repeated in an error that lands in a log.
    const shown = key.secret || issue.path.length > 0 ? undefined : value;
    const message = issue.code === 'unrecognized_keys' ? issue.message : explainIssue(issue, shown);
    problems.push({ where, message: `${name} ${message}` });
  }
}

/** A secret from the variable itself or from the file that `..._FILE` names, as Docker and systemd hand them over. */
function readSecret(env: Environment, name: string, problems: ConfigProblem[]): string | undefined {
  const file = env[`${name}_FILE`];
  if (!file) return env[name] || undefined;
  if (env[name]) {
    problems.push({ where: `${name}_FILE`, message: `is set together with ${name}; keep one of them` });
    return undefined;
  }
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    problems.push({ where: `${name}_FILE`, message: `cannot be read: ${(error as Error).message}` });
    return undefined;
  }
}

/** What cannot be read as its kind stays a text, and fails the check with a sentence that quotes it. */
function readText(key: ConfigKey, text: string): unknown {
  const trimmed = text.trim();
  if (key.kind === 'number') return /^-?\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : text;
  if (key.kind === 'boolean') {
    if (/^(true|1|yes|on)$/i.test(trimmed)) return true;
    return /^(false|0|no|off)$/i.test(trimmed) ? false : text;
  }
  if (key.kind === 'json' || trimmed.startsWith('[')) {
    try {
      return JSON.parse(trimmed);
    } catch {
      return text;
    }
  }
  if (key.kind !== 'list') return text;
  const parts = trimmed.split(',').map((part) => part.trim());
  return parts.map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}
