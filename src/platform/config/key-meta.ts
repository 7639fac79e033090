import { z } from 'zod';

/** What `.meta()` may say about a key beside its description. */
export interface KeyMeta {
  /** Never shown; may also come from the file that `..._FILE` names. */
  secret?: boolean;
  /** A file or folder, relative to where it was written. `command`: a bare name is looked up in PATH instead. */
  file?: 'file' | 'folder' | 'command';
  /** May be changed in the browser. `now`: in force at once, for what begins from then on; `restart`: after the next start. */
  editable?: 'now' | 'restart';
  /** Why it may not be changed in the browser: a sentence for the admin. */
  fixed?: string;
}

export const NOW: KeyMeta = { editable: 'now' };
export const RESTART: KeyMeta = { editable: 'restart' };
export const EARLY: KeyMeta = { fixed: 'It is needed before the database is open, where changes made here are kept.' };
export const LOCK_OUT: KeyMeta = { fixed: 'A wrong value would lock everybody out of these pages.' };
export const SECRET: KeyMeta = { secret: true, fixed: 'Secrets are kept in the file or the environment alone.' };

export const meta = (description: string, more: KeyMeta = {}) => ({ description, ...more });
export const whole = (min: number, max: number) => z.number().int().min(min).max(max);
export const on = (description: string, more?: KeyMeta) => z.boolean().default(true).meta(meta(description, more));

/** A section of the file: any key may be left out, an unknown one is an error. */
export function section<T extends z.ZodRawShape>(description: string, shape: T) {
  // Every key has a default or is optional, which the type of a generic shape cannot say.
  return z
    .strictObject(shape)
    .prefault({} as never)
    .meta(meta(description));
}
