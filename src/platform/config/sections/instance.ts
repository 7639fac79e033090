import { z } from 'zod';
import { EARLY, meta, NOW, section } from '../key-meta.ts';

/** How this instance presents itself. */
export const instance = section('How this instance presents itself.', {
  name: z.string().min(1).max(80).default('Kinora').meta(meta('Its name, in titles and mails.', NOW)),
  accentColor: z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/, 'must be a colour such as "#7c5cff"')
    .default('#7c5cff')
    .meta(meta('The one accent colour of the interface, as #rrggbb.', NOW)),
});

/** Where everything is kept. */
export const data = section('Where everything is kept.', {
  dir: z
    .string()
    .min(1)
    .default('./data')
    .meta(meta('The data folder: database, uploads, segments. One Kinora per folder.', { file: 'folder', ...EARLY })),
});
