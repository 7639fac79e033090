/** Reading JSON that nobody vouches for: each value is checked when it is taken. */

export type Json = Record<string, unknown>;

export function asRecord(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

export function listOf(value: unknown): Json[] {
  return Array.isArray(value) ? value.map(asRecord) : [];
}

/** A finite number out of a number or numeric text; null for "N/A" and all else. */
export function real(value: unknown): number | null {
  if (typeof value !== 'number' && (typeof value !== 'string' || value.trim() === '')) return null;
  const parsed = Number(value);
  return Number.isFinite(parsed) ? parsed : null;
}

export function integer(value: unknown): number | null {
  const parsed = real(value);
  return parsed !== null && Number.isSafeInteger(parsed) ? parsed : null;
}

/** "30000/1001" or "4:3" as a number; null for "0/0", negative ones and all else. */
export function fraction(value: unknown): number | null {
  const match = typeof value === 'string' ? /^(\d{1,10})[/:](\d{1,10})$/.exec(value) : null;
  const [over, under] = [Number(match?.[1]), Number(match?.[2])];
  return match && over > 0 && under > 0 ? over / under : null;
}
