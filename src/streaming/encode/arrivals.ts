/** In place of a segment's number: the rendition's header, which every session writes first. */
export const HEADER = -1;

/** Lets requests wait for a segment that somebody is making. */
export interface Arrivals {
  /** Resolves when the segment has arrived; rejects when it cannot, or when `signal` is aborted. */
  wait(renditionId: string, index: number, signal?: AbortSignal): Promise<void>;
  arrived(renditionId: string, index: number): void;
  /** Tells those who wait for segments of a range that nobody is making them any more. */
  failed(renditionId: string, from: number, end: number, error: unknown): void;
}

interface Waiter {
  resolve: () => void;
  reject: (error: unknown) => void;
}

export function createArrivals(): Arrivals {
  const waiting = new Map<string, Map<number, Set<Waiter>>>();

  function take(renditionId: string, index: number): Set<Waiter> {
    const byIndex = waiting.get(renditionId);
    const waiters = byIndex?.get(index) ?? new Set();
    byIndex?.delete(index);
    if (byIndex?.size === 0) waiting.delete(renditionId);
    return waiters;
  }

  return {
    wait(renditionId, index, signal) {
      const promise = new Promise<void>((resolve, reject) => {
        const byIndex = waiting.get(renditionId) ?? new Map<number, Set<Waiter>>();
        waiting.set(renditionId, byIndex);
        const waiters = byIndex.get(index) ?? new Set<Waiter>();
        byIndex.set(index, waiters);
        const leave = () => {
          waiters.delete(waiter);
          reject(signal?.reason);
        };
        const settled = (then: () => void) => {
          signal?.removeEventListener('abort', leave);
          then();
        };
        const waiter: Waiter = { resolve: () => settled(resolve), reject: (error) => settled(() => reject(error)) };
        waiters.add(waiter);
        if (signal?.aborted) leave();
        else signal?.addEventListener('abort', leave, { once: true });
      });
      promise.catch(() => {});
      return promise;
    },
    arrived(renditionId, index) {
      for (const waiter of take(renditionId, index)) waiter.resolve();
    },
    failed(renditionId, from, end, error) {
      for (const index of [...(waiting.get(renditionId)?.keys() ?? [])]) {
        if (index >= from && index < end) for (const waiter of take(renditionId, index)) waiter.reject(error);
      }
    },
  };
}
