import { eq } from 'drizzle-orm';
import { type FieldError, invalidInput } from '../../core/problem.ts';
import { explainValue, isDecidedElsewhere, putValue } from '../../platform/config/browser.ts';
import { type ConfigKey, configKeys } from '../../platform/config/keys.ts';
import type { App } from '../../ports.ts';
import type { Actor } from '../accounts/viewer.ts';
import { recordAct } from '../audit/service.ts';
import { browserValues } from './queries.ts';
import { settings } from './schema.ts';

/**
 * Keeps what an admin chose in the browser, and puts it in force where that needs no restart. Null takes the default again.
 * All or nothing: throws `invalid-input` that names every setting that is wrong, unknown, or decided elsewhere.
 */
export function changeSettings(app: App, by: Actor, changes: Record<string, unknown>): void {
  const { origins } = app.configSource;
  const keys = new Map(configKeys().map((key) => [key.name, key]));
  const errors = Object.entries(changes).flatMap(([name, value]) => refuse(app, keys.get(name), name, value));
  if (errors.length > 0) {
    throw invalidInput(errors.map(({ field, message }) => `${field} ${message}.`).join(' '), { errors });
  }
  app.db.write((tx) => {
    const before = browserValues(tx);
    const told: Record<string, { before: unknown; after: unknown }> = {};
    const changed: { key: ConfigKey; value: unknown }[] = [];
    for (const [name, wanted] of Object.entries(changes)) {
      const key = keys.get(name)!;
      const value = wanted === null ? undefined : wanted;
      const was = before.get(name);
      if (JSON.stringify(was) === JSON.stringify(value)) continue;
      if (value === undefined) tx.delete(settings).where(eq(settings.name, name)).run();
      else {
        const row = { name, value, changedAtMs: app.clock.nowMs() };
        tx.insert(settings).values(row).onConflictDoUpdate({ target: settings.name, set: row }).run();
      }
      told[name] = { before: was ?? key.default ?? null, after: value ?? key.default ?? null };
      changed.push({ key, value });
    }
    if (changed.length === 0) return;
    recordAct(app, tx, by, { act: 'settings.changed', target: { name: Object.keys(told).join(', ') }, changes: told });
    app.db.afterCommit(() => {
      for (const { key, value } of changed) if (key.editable === 'now') putValue(app.config, origins, key, value);
      app.log.info({ settings: Object.keys(told), by: by.user?.username }, 'Settings were changed.');
      app.events.emit('config.changed', { names: changed.map(({ key }) => key.name) });
    });
  });
}

/** What speaks against a change, after the setting's name. */
function refuse(app: App, key: ConfigKey | undefined, name: string, value: unknown): FieldError[] {
  const no = (message: string) => [{ field: name, message }];
  if (!key) return no('is no setting');
  if (!key.editable)
    return no(`cannot be changed here: ${key.fixed ?? 'it is set in the file or the environment'}`.replace(/\.$/, ''));
  if (isDecidedElsewhere(app.configSource.origins, name)) {
    return no(`is decided by ${app.configSource.origins[name]}, which goes before what is chosen here`);
  }
  const wrong = value === null ? null : explainValue(key, value);
  return wrong === null ? [] : no(wrong);
}
