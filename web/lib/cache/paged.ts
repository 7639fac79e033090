import { type Signal, signal } from '@preact/signals';
import type { Page } from '../../../src/core/wire.ts';
import { type Resource, useResource } from './resource.ts';

/** A keyset-paginated list that grows as it is scrolled. */
export interface PagedList<T> {
  items: T[] | undefined;
  error: unknown;
  hasMore: boolean;
  loadingMore: boolean;
  loadMore(): void;
  refresh(): Promise<void>;
}

interface Tail<T> {
  /**
   * Everything read so far, the first page as it was then included: when newer things push the fresh first page down,
   * nothing falls into the gap.
   */
  items: T[];
  nextCursor: string | null;
  loading: boolean;
  error: unknown;
}

const tails = new WeakMap<Resource<unknown>, Signal<Tail<unknown> | null>>();

function tailOf<T>(head: Resource<Page<T>>): Signal<Tail<T> | null> {
  let tail = tails.get(head as Resource<unknown>);
  if (!tail) tails.set(head as Resource<unknown>, (tail = signal(null)));
  return tail as Signal<Tail<T> | null>;
}

export function usePaged<T extends { id: string }>(
  key: string | null,
  readPage: (cursor?: string) => Promise<Page<T>>,
): PagedList<T> {
  const head = useResource<Page<T>>(key, () => readPage());
  const tail = tailOf(head);
  const first = head.data.value;
  const rest = tail.value;

  const nextCursor = rest ? rest.nextCursor : (first?.nextCursor ?? null);
  async function loadMore(): Promise<void> {
    if (!nextCursor || tail.peek()?.loading) return;
    const before = tail.peek() ?? { items: first?.items ?? [], nextCursor, loading: false, error: null };
    tail.value = { ...before, loading: true, error: null };
    try {
      const page = await readPage(nextCursor);
      tail.value = { ...before, items: [...before.items, ...page.items], nextCursor: page.nextCursor, loading: false };
    } catch (error) {
      tail.value = { ...before, loading: false, error };
    }
  }

  return {
    items: first && uniqueById([...first.items, ...(rest?.items ?? [])]),
    error: head.error.value ?? rest?.error ?? null,
    hasMore: nextCursor !== null,
    loadingMore: rest?.loading ?? false,
    loadMore: () => void loadMore(),
    refresh: head.refresh,
  };
}

/** A refreshed first page may now hold what the second page held: keep the first of each. */
export function uniqueById<T extends { id: string }>(items: T[]): T[] {
  const seen = new Set<string>();
  return items.filter((item) => !seen.has(item.id) && seen.add(item.id));
}
