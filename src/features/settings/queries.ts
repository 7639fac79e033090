import { z } from 'zod';
import { BROWSER, type BrowserValues, isDecidedElsewhere, layBrowserValues } from '../../platform/config/browser.ts';
import { type ConfigKey, configKeys, configTree, isGroup, valueAt } from '../../platform/config/keys.ts';
import type { Orm } from '../../platform/db.ts';
import type { App } from '../../ports.ts';
import type { SettingKind, SettingSource, SettingsWire, SettingWire } from './api.ts';
import { settings } from './schema.ts';

/** Everything that was chosen in the browser. */
export function browserValues(orm: Orm): BrowserValues {
  return new Map(
    orm
      .select()
      .from(settings)
      .all()
      .map(({ name, value }) => [name, value]),
  );
}

/** At start: what admins chose in the browser comes into force, below what file, environment and flags say. */
export function takeBrowserValues(
  ports: Pick<App, 'config' | 'configSource' | 'log'> & { db: Pick<App['db'], 'orm'> },
): void {
  const { config, configSource, db, log } = ports;
  const refused = layBrowserValues(config, configSource.origins, browserValues(db.orm));
  if (refused.length > 0) {
    log.warn(
      { settings: refused },
      'Settings that were chosen in the browser are no longer valid: their defaults hold.',
    );
  }
  if (configSource.origins['log.level'] === BROWSER) log.setLevel(config.log.level);
}

/** Every key of the configuration: what it is, where that comes from, and whether it can be changed here. */
export function listSettings(app: App): SettingsWire {
  const rows = new Map(
    app.db.orm
      .select()
      .from(settings)
      .all()
      .map((row) => [row.name, row]),
  );
  const wire = (key: ConfigKey): SettingWire => settingWire(app, key, rows.get(key.name) ?? null);
  return {
    file: app.configSource.file,
    sections: configTree().children.map((child) => ({
      name: child.path.join('.'),
      description: child.description,
      settings: isGroup(child) ? configKeys(child).map(wire) : [wire(child)],
    })),
  };
}

function settingWire(app: App, key: ConfigKey, row: typeof settings.$inferSelect | null): SettingWire {
  const { origins } = app.configSource;
  const elsewhere = isDecidedElsewhere(origins, key.name);
  const inForce = valueAt(app.config, key.path);
  const chosen = elsewhere ? inForce : key.editable ? (row ? row.value : key.default) : inForce;
  const origin = elsewhere ? origins[key.name]! : row ? BROWSER : 'default';
  const source = sourceOf(origin);
  return {
    name: key.name,
    env: key.env,
    description: key.description,
    ...formOf(key),
    value: key.secret ? null : (chosen ?? null),
    default: key.default ?? null,
    source,
    place: source === 'default' || source === 'browser' ? null : origin,
    isEditable: key.editable !== undefined && !elsewhere,
    fixed: key.fixed ?? null,
    needsRestart: key.editable === 'restart',
    isPending: key.editable === 'restart' && JSON.stringify(chosen) !== JSON.stringify(inForce),
    isSet: inForce !== undefined && inForce !== '',
    changedAtMs: elsewhere ? null : (row?.changedAtMs ?? null),
  };
}

function sourceOf(origin: string): SettingSource {
  if (origin === 'default' || origin === BROWSER) return origin;
  if (origin.startsWith('--')) return 'flag';
  return origin.startsWith('KINORA_') ? 'environment' : 'file';
}

interface JsonSchema {
  type?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: JsonSchema[];
  items?: JsonSchema;
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
  pattern?: string;
}

const MOST = Number.MAX_SAFE_INTEGER;

/** What a form needs to know of a key, read out of its schema. */
function formOf(key: ConfigKey): Pick<SettingWire, 'kind' | 'choices' | 'min' | 'max' | 'whole'> {
  const schema = z.toJSONSchema(key.schema, { io: 'input' }) as JsonSchema;
  const numeric = schema.anyOf?.find(({ type }) => type === 'integer' || type === 'number') ?? schema.items ?? schema;
  const { minimum, maximum } = numeric;
  return {
    kind: kindOf(schema),
    choices: ((schema.items ?? schema).enum as string[] | undefined) ?? null,
    min: minimum === undefined || minimum <= -MOST ? null : minimum,
    max: maximum === undefined || maximum >= MOST ? null : maximum,
    whole: numeric.type === 'integer',
  };
}

function kindOf({ type, enum: options, anyOf, items, pattern }: JsonSchema): SettingKind {
  if (options) return 'choice';
  if (anyOf?.some((one) => one.const === 'auto')) return 'auto';
  if (type === 'boolean') return 'boolean';
  if (type === 'integer' || type === 'number') return 'number';
  if (type === 'string') return pattern?.includes('0-9a-fA-F') ? 'color' : 'text';
  if (type !== 'array') return 'other';
  if (items?.enum) return 'choices';
  if (items?.type === 'integer' || items?.type === 'number') return 'numbers';
  return items?.type === 'string' ? 'texts' : 'other';
}
