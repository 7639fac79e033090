import { z } from 'zod';
import { backup } from './sections/backup.ts';
import { cache, encoding, media } from './sections/encoding.ts';
import { http } from './sections/http.ts';
import { imports } from './sections/imports.ts';
import { data, instance } from './sections/instance.ts';
import { jobs } from './sections/jobs.ts';
import { libraries } from './sections/libraries.ts';
import { mail } from './sections/mail.ts';
import { accounts, uploads } from './sections/people.ts';
import { schedule } from './sections/schedule.ts';
import { storage } from './sections/storage.ts';
import { log, metrics } from './sections/watching-over.ts';

/** Every setting there is, with its default and its meaning: the one source of config/default.yaml and the docs. */
export const ConfigSchema = z.strictObject({
  instance,
  data,
  storage,
  http,
  accounts,
  uploads,
  imports,
  libraries,
  encoding,
  jobs,
  cache,
  backup,
  mail,
  schedule,
  media,
  log,
  metrics,
});

/** The whole configuration, every default filled in. */
export type Config = z.infer<typeof ConfigSchema>;

/** For editors: the JSON Schema of the file. */
export function configJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(ConfigSchema, {
    io: 'input',
    override: ({ jsonSchema }) => {
      // Ours, not JSON Schema's.
      for (const own of ['secret', 'file', 'editable', 'fixed']) delete jsonSchema[own];
    },
  });
  return { ...schema, title: 'Kinora configuration' };
}
