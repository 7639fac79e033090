import { createTsSieve, type SiftedPackets, type TsSieve } from '../../media/container/ts-sieve.ts';
import type { ByteSource } from '../reading/source-files.ts';

/**
 * Sound in a transport stream lies between its pictures, and players ask for both apart. Whoever reads pictures therefore sets
 * the sound among them aside, where somebody has asked for it lately: it is asked for at about the same time, and need not be
 * looked for in all these bytes again. What nobody comes for is dropped.
 */

/** Sound that was set aside out of a range of a file. */
export interface Run {
  pid: number;
  from: number;
  to: number;
  /** Null where the range could not be gone through. Never rejects. */
  packets: Promise<SiftedPackets | null>;
  /** Zero while it is being read. */
  sizeBytes: number;
  atMs: number;
  siblings: Set<Run>;
}

interface Aside {
  /** When each stream of sound was asked for last, by PID. */
  wanted: Map<number, number>;
  runs: Set<Run>;
}

/** Sound and pictures of a place are asked for within this. */
const KEPT_MS = 10_000;
/** Players ask for the next sound within this, or nobody listens any more. */
const WANTED_MS = 60_000;
/** Of all files: some hundred segments. */
const OWN_BYTES = 512;
const MOST_BYTES = 16 * 1024 * 1024;

/** By file as it is open now: what is read of another one is never mixed with it. */
const asides = new WeakMap<ByteSource, Aside>();
/** Of all files, oldest first. */
const all = new Set<Run>();
let totalBytes = 0;
let isSwept = false;

/** What sets aside while pictures of a range are read. */
export interface SettingAside {
  /** Takes a packet of another stream. */
  take(pid: number, bytes: Buffer, at: number, position: number): void;
  /** To be called in the end, however that came. */
  finish(isWhole: boolean): void;
}

/** Null where nobody listens to the file. */
export function setAside(file: ByteSource, from: number, to: number): SettingAside | null {
  const aside = asides.get(file);
  if (!aside) return null;
  const sieves = new Map<number, TsSieve>();
  const begun = performance.now();
  for (const [pid, askedAtMs] of aside.wanted) {
    if (begun - askedAtMs < WANTED_MS) sieves.set(pid, createTsSieve());
    else aside.wanted.delete(pid);
  }
  if (sieves.size === 0) return null;
  const runs = [...sieves.keys()].map((pid) => {
    const { promise, resolve } = Promise.withResolvers<SiftedPackets | null>();
    const run: Run = { pid, from, to, packets: promise, sizeBytes: 0, atMs: begun, siblings: aside.runs };
    aside.runs.add(run);
    all.add(run);
    return { run, resolve };
  });
  return {
    take: (pid, bytes, at, position) => sieves.get(pid)?.take(bytes, at, position),
    finish(isWhole) {
      for (const { run, resolve } of runs) {
        const packets = isWhole ? sieves.get(run.pid)!.finish() : null;
        resolve(packets);
        if (!packets) drop(run);
        else keep(run, packets);
      }
    },
  };
}

function keep(run: Run, { bytes, positions }: SiftedPackets): void {
  run.sizeBytes = OWN_BYTES + bytes.length + positions.byteLength;
  totalBytes += run.sizeBytes;
  for (const oldest of all) {
    if (totalBytes <= MOST_BYTES) break;
    if (oldest.sizeBytes > 0) drop(oldest);
  }
  sweepLater();
}

function drop(run: Run): void {
  run.siblings.delete(run);
  if (all.delete(run)) totalBytes -= run.sizeBytes;
}

function sweepLater(): void {
  if (isSwept || all.size === 0) return;
  isSwept = true;
  setTimeout(sweep, KEPT_MS).unref();
}

function sweep(): void {
  const longAgo = performance.now() - KEPT_MS;
  for (const run of all) if (run.sizeBytes > 0 && run.atMs < longAgo) drop(run);
  isSwept = false;
  sweepLater();
}

/** Notes that somebody listens: from now on sound of that PID is set aside. */
export function wantSound(file: ByteSource, pid: number): void {
  const aside = asides.get(file) ?? { wanted: new Map(), runs: new Set() };
  asides.set(file, aside);
  aside.wanted.set(pid, performance.now());
}

/** What of a stream was set aside, or is about to be, from a position on: and else where the next such range begins. */
export function findAside(file: ByteSource, pid: number, position: number): Run | number {
  let next = Number.POSITIVE_INFINITY;
  for (const run of asides.get(file)?.runs ?? []) {
    if (run.pid !== pid || run.to <= position) continue;
    if (run.from <= position) return run;
    next = Math.min(next, run.from);
  }
  return next;
}

/** Drops what lies before a position: it has been fetched. */
export function dropAside(file: ByteSource, pid: number, position: number): void {
  for (const run of asides.get(file)?.runs ?? [])
    if (run.pid === pid && run.to <= position && run.sizeBytes > 0) drop(run);
}

export const asideBytes = () => totalBytes;
