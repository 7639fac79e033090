import { type Signal, signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { onReachableAgain } from '../connection.ts';

/** One thing read from the server: what was last seen is shown at once, and refreshed behind. */
export interface Resource<T> {
  data: Signal<T | undefined>;
  error: Signal<unknown>;
  /** Reads again. Calls while one is under way share it. */
  refresh(): Promise<void>;
}

interface Entry<T> extends Resource<T> {
  onScreen: number;
}

// Keyed by what is asked, so that coming back to a page shows it before the network answers.
const entries = new Map<string, Entry<unknown>>();

function resource<T>(key: string, read: () => Promise<T>): Resource<T> {
  const known = entries.get(key) as Entry<T> | undefined;
  if (known) return known;
  const data = signal<T | undefined>(undefined);
  const error = signal<unknown>(null);
  let underWay: Promise<void> | null = null;
  const entry: Entry<T> = { data, error, onScreen: 0, refresh: () => (underWay ??= run()) };
  async function run(): Promise<void> {
    try {
      data.value = await read();
      error.value = null;
    } catch (problem) {
      error.value = problem;
    } finally {
      underWay = null;
    }
  }
  entries.set(key, entry as Entry<unknown>);
  return entry;
}

/** Reads on mount (the cache answers first) and keeps the resource fresh while it is on screen. Null key: nothing. */
export function useResource<T>(key: string | null, read: () => Promise<T>): Resource<T> {
  const held = resource(key ?? '', read);
  useEffect(() => {
    const entry = entries.get(key ?? '');
    if (key === null || !entry) return;
    entry.onScreen++;
    void entry.refresh();
    return () => {
      entry.onScreen--;
    };
  }, [key]);
  return held;
}

/** Reads again what is on screen and starts with `prefix`. The rest is read again when it comes back on screen. */
export function refresh(prefix = ''): void {
  for (const [key, entry] of entries) {
    if (key.startsWith(prefix) && entry.onScreen > 0) void entry.refresh();
  }
}

/** Whether it has been answered, well or badly: nothing of it will push anything else aside. */
export function isSettled({ data, error }: Resource<unknown>): boolean {
  return data.value !== undefined || error.value !== null;
}

/** After signing in or out nothing that was read before may stay. */
export function forgetEverything(): void {
  for (const [key, entry] of entries) {
    if (entry.onScreen === 0) {
      entries.delete(key);
    } else {
      entry.data.value = undefined;
      void entry.refresh();
    }
  }
}

onReachableAgain(() => refresh());
