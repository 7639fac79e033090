/**
 * Which of the given media types a client says it takes (RFC 9110 section 12.5.1), in the order they are given. Only types
 * it names count: `image/*` and `*`/`*` are said by clients that know nothing newer than JPEG, too.
 */
export function namedInAccept<T extends string>(accept: string | undefined, types: readonly T[]): T[] {
  const named = new Set<string>();
  for (const part of (accept ?? '').toLowerCase().split(',')) {
    const [type = '', ...parameters] = part.split(';').map((word) => word.trim());
    const refused = parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
    if (!refused) named.add(type);
  }
  return types.filter((type) => named.has(type));
}
