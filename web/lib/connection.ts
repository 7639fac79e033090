import { signal } from '@preact/signals';
import { serverUrl } from './base.ts';

/** False while the server does not answer: the shell then shows a banner, and knocks until somebody opens. */
export const reachable = signal(true);

const KNOCK_MS = 4000;
const callWhenBack = new Set<() => void>();
let timer: ReturnType<typeof setTimeout> | undefined;

export function onReachableAgain(callback: () => void): () => void {
  callWhenBack.add(callback);
  return () => callWhenBack.delete(callback);
}

export function reportReachable(): void {
  if (reachable.value) return;
  reachable.value = true;
  clearTimeout(timer);
  timer = undefined;
  for (const callback of callWhenBack) callback();
}

export function reportUnreachable(): void {
  reachable.value = false;
  timer ??= setTimeout(knock, KNOCK_MS);
}

async function knock(): Promise<void> {
  timer = undefined;
  try {
    const response = await fetch(serverUrl('api/instance'), { headers: { accept: 'application/json' } });
    if (response.ok) return reportReachable();
  } catch {
    // Still gone: knock again.
  }
  reportUnreachable();
}
