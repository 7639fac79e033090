/**
 * Every fact that one part of Kinora announces to the others, named `noun.pastTense`.
 * Announced after the transaction that made it true has been committed.
 */
export interface EventCatalogue {
  'user.changed': { userId: string };
  /** `sizeBytes` is 0 while nobody has said it; the speed is known of what Kinora fetches itself. */
  'upload.progressed': { videoId: string; receivedBytes: number; sizeBytes: number; bytesPerSecond: number | null };
  'video.added': { videoId: string; libraryId: string | null };
  'video.changed': { videoId: string };
  'video.removed': { videoId: string };
  'video.probed': { videoId: string; durationMs: number; width: number | null; height: number | null };
  'video.becamePlayable': { videoId: string };
  'video.becameReady': { videoId: string };
  'video.failed': { videoId: string; reason: string };
  'watch.progressed': { userId: string; videoId: string; positionMs: number; address: string };
  'library.changed': { libraryId: string };
  'config.changed': { names: string[] };
  'task.changed': { name: string };
  'notice.changed': { kind: string };
  'disk.changed': { low: boolean };
  'job.changed': { jobId: string };
  'job.progressed': { jobId: string; videoId: string | null; lane: string; percent: number; etaMs: number | null };
}

export type EventName = keyof EventCatalogue;
export type Listener<N extends EventName> = (event: EventCatalogue[N]) => void;

export interface Events {
  /** Tells every listener, in order of subscription. A listener that throws does not stop the others. */
  emit<N extends EventName>(name: N, event: EventCatalogue[N]): void;
  /** Subscribes; returns the function that ends the subscription. */
  on<N extends EventName>(name: N, listener: Listener<N>): () => void;
}

export function createEvents(onListenerError: (error: unknown, name: EventName) => void): Events {
  const listeners = new Map<EventName, Set<Listener<never>>>();
  return {
    emit(name, event) {
      for (const listener of listeners.get(name) ?? []) {
        try {
          (listener as Listener<typeof name>)(event);
        } catch (error) {
          onListenerError(error, name);
        }
      }
    },
    on(name, listener) {
      const set = listeners.get(name) ?? new Set();
      listeners.set(name, set);
      set.add(listener as Listener<never>);
      return () => set.delete(listener as Listener<never>);
    },
  };
}
