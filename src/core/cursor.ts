import { invalidInput } from './problem.ts';

/** The sort key of the last row of a page: what the next page starts after. */
export type CursorKey = (string | number)[];

/** Makes the opaque `cursor` of a keyset-paginated list. */
export function encodeCursor(key: CursorKey): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/**
 * Reads a cursor of ours back. `shape` gives the expected type of each part.
 * Throws `invalid-input` for anything else, since a cursor comes from outside.
 */
export function decodeCursor(cursor: string, shape: ('string' | 'number')[]): CursorKey {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(key) && key.length === shape.length && key.every((part, i) => typeof part === shape[i])) {
      return key as CursorKey;
    }
  } catch {
    // falls through to the one answer for every bad cursor
  }
  throw invalidInput('This cursor is not one of ours. Ask for the first page again, without a cursor.', {
    errors: [{ field: 'cursor', message: 'is not a cursor of this list' }],
  });
}
