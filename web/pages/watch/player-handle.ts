import { signal } from '@preact/signals';

/** What the page below may ask of the player above it. */
export const playerHandle = signal<{ seek: (ms: number) => void; now: () => number } | null>(null);
