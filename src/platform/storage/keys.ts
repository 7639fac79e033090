/** Refuses whatever could leave the root, mean the root itself, or mean something else on another file system. */
export function assertKey(key: string): void {
  const parts = key.split('/');
  // `tmp` is where the file system driver keeps half-written files.
  if (key.length > 900 || parts[0] === 'tmp' || !parts.every(isPart))
    throw new TypeError(`"${key}" is no storage key.`);
}

/** A prefix to list by: the beginning of a key, or nothing. */
export function assertPrefix(prefix: string): void {
  const parts = prefix.split('/');
  const last = parts.pop() ?? '';
  if (!parts.every(isPart) || !/^[A-Za-z0-9._-]*$/.test(last) || last === '..') {
    throw new TypeError(`"${prefix}" is no storage prefix.`);
  }
}

/** A prefix to delete by: whole parts, ending with a slash, so that `videos/ab` never takes `videos/abc` along. */
export function assertFolder(prefix: string): void {
  if (!prefix.endsWith('/')) throw new TypeError(`"${prefix}" is no folder of storage keys: it does not end with "/".`);
  assertKey(prefix.slice(0, -1));
}

function isPart(part: string): boolean {
  return /^[A-Za-z0-9._-]+$/.test(part) && part !== '.' && part !== '..';
}
