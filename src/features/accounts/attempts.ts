import { isIPv6 } from 'node:net';
import { tooManyRequests } from '../../core/problem.ts';
import { MINUTE_MS, SECOND_MS } from '../../core/time.ts';
import type { Clock } from '../../platform/clock.ts';

/** Slows down guessing: failed sign-ins are counted per account name and per address. */
export interface Attempts {
  /** Throws `too-many-requests`, with Retry-After, while one of the keys is over its limit. */
  check(keys: AttemptKeys): void;
  /** Counts an attempt as failed: before the password is checked, so that a hundred guesses at once are a hundred. */
  failed(keys: AttemptKeys): void;
  /**
   * Takes that back, and clears the account's count. The address keeps its other failures: one account of one's own opens
   * no door to guessing at others.
   */
  succeeded(keys: AttemptKeys): void;
}

export interface AttemptKeys {
  login?: string;
  address: string;
}

const WINDOW_MS = 15 * MINUTE_MS;
const LIMITS = { login: 10, address: 50 };
const MAX_KEYS = 50_000;
/** Who has an IPv6 address mostly has a network of 64 bits: a new one for each guess would be no news. */
const addressKey = (address: string) => `address ${isIPv6(address) ? network64(address) : address}`;
const loginKey = (login: string) => `login ${login.toLowerCase()}`;

/** `what` is counted, in a sentence: "Too many ...". */
export function createAttempts(clock: Clock, what = 'failed attempts'): Attempts {
  const failures = new Map<string, { count: number; untilMs: number }>();
  const keysOf = ({ login, address }: AttemptKeys) => [
    ...(login === undefined ? [] : [{ key: loginKey(login), limit: LIMITS.login }]),
    { key: addressKey(address), limit: LIMITS.address },
  ];
  const live = (key: string) => {
    const entry = failures.get(key);
    if (entry && entry.untilMs > clock.nowMs()) return entry;
    failures.delete(key);
    return null;
  };
  return {
    check(keys) {
      for (const { key, limit } of keysOf(keys)) {
        const entry = live(key);
        if (!entry || entry.count < limit) continue;
        const seconds = Math.ceil((entry.untilMs - clock.nowMs()) / SECOND_MS);
        throw tooManyRequests(`Too many ${what}. Try again in ${Math.ceil(seconds / 60)} minutes.`, {
          headers: { 'Retry-After': String(seconds) },
        });
      }
    },
    failed(keys) {
      for (const { key } of keysOf(keys)) {
        const entry = live(key) ?? { count: 0, untilMs: clock.nowMs() + WINDOW_MS };
        entry.count++;
        failures.delete(key);
        failures.set(key, entry);
      }
      // Somebody with a million addresses must not fill the memory: the oldest are forgotten.
      for (const oldest of failures.keys()) {
        if (failures.size <= MAX_KEYS) break;
        failures.delete(oldest);
      }
    },
    succeeded(keys) {
      if (keys.login !== undefined) failures.delete(loginKey(keys.login));
      const address = live(addressKey(keys.address));
      if (address && address.count > 0) address.count--;
    },
  };
}

/** The first four groups of an address, as they are written out: `2001:db8:0:0`. */
function network64(address: string): string {
  const [head = '', tail] = address.split('%')[0]!.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const [before, after] = [groups(head), groups(tail ?? '')];
  // An IPv4 address at its end takes the room of two groups.
  const length = before.length + after.length + (address.includes('.') ? 1 : 0);
  const zeros = tail === undefined ? 0 : 8 - length;
  const all = [...before, ...Array<string>(Math.max(0, zeros)).fill('0'), ...after];
  return all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
