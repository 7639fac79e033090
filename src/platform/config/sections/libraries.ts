import { z } from 'zod';
import { type KeyMeta, meta } from '../key-meta.ts';

const LIBRARIES: KeyMeta = { fixed: 'Libraries have a page of their own; this list is for what the file declares.' };

/** One watched library, as the `libraries` list of the file has it. */
const library = z.strictObject({
  name: z.string().min(1).max(100).meta(meta('What people see.')),
  kind: z.enum(['home', 'movies', 'shows']).meta(meta('What is in it: home (anything), movies or shows.')),
  folders: z
    .array(z.string().min(1))
    .min(1)
    .meta(meta('Where its files are.', { file: 'folder' })),
});

/** Folders that are shown as libraries. */
export const libraries = z
  .array(library)
  .default([])
  .meta(meta('Folders that are shown as libraries, left untouched: a list of name, kind and folders.', LIBRARIES));
