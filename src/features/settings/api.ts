import { z } from 'zod';
import { TimeMs } from '../../core/wire.ts';

/** How a value is typed in. `auto`: a number, or the word "auto". `choices`: several of `choices`. */
export const SettingKind = z.enum([
  'text',
  'color',
  'number',
  'auto',
  'boolean',
  'choice',
  'choices',
  'numbers',
  'texts',
  'other',
]);
export type SettingKind = z.infer<typeof SettingKind>;

export const SettingSource = z
  .enum(['default', 'browser', 'file', 'environment', 'flag'])
  .describe('Who decides: a flag goes before the environment, that before the file, that before the browser.');
export type SettingSource = z.infer<typeof SettingSource>;

export const SettingWire = z.object({
  name: z.string().describe('Such as "cache.segmentsGb".'),
  env: z.string().describe('The variable that sets it too, such as KINORA_CACHE_SEGMENTS_GB.'),
  description: z.string(),
  kind: SettingKind,
  choices: z.array(z.string()).nullable(),
  min: z.number().nullable(),
  max: z.number().nullable(),
  whole: z.boolean().describe('Numbers without a fraction only.'),
  value: z.unknown().describe('What is chosen; null for secrets.'),
  default: z.unknown(),
  source: SettingSource,
  place: z.string().nullable().describe('Where that is said: kinora.yaml:12, KINORA_LOG_LEVEL, --port.'),
  isEditable: z.boolean(),
  fixed: z.string().nullable().describe('Why it cannot be changed here.'),
  needsRestart: z.boolean().describe('A change is in force after the next start only.'),
  isPending: z.boolean().describe('What is chosen waits for the next start.'),
  isSet: z.boolean().describe('For secrets: whether there is one.'),
  changedAtMs: TimeMs.nullable(),
});
export type SettingWire = z.infer<typeof SettingWire>;

const SettingSection = z.object({
  name: z.string(),
  description: z.string(),
  settings: z.array(SettingWire),
});
export const SettingsWire = z.object({
  file: z.string().nullable().describe('The YAML file that was read at the start.'),
  sections: z.array(SettingSection),
});
export type SettingsWire = z.infer<typeof SettingsWire>;

export const ChangeSettingsBody = z.object({
  changes: z
    .record(z.string().max(100), z.unknown())
    .refine((changes) => Object.keys(changes).length > 0, 'names no setting')
    .describe('New values by name; null takes the default again.'),
});
