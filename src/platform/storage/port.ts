import { defineProblem, Problem } from '../../core/problem.ts';
import type { TimeMs } from '../../core/time.ts';

/** 507: nothing was written that would have to be cleaned up. */
export const storageFull = defineProblem('storage-full', 507);
/** 404: the key holds nothing. */
export const fileMissing = defineProblem('file-missing', 404);

/** 503: the storage is another machine, which does not answer or will not have us. Its `cause` says more than viewers need to know. */
export const storageAway = defineProblem('storage-away', 503);

export function isStorageAway(error: unknown): boolean {
  return error instanceof Problem && error.type === 'storage-away';
}

/** Whether this is what a storage throws for a key that is not there. */
export function isFileMissing(error: unknown): boolean {
  return error instanceof Problem && error.type === 'file-missing';
}

/**
 * What is never filled: the database, the logs and whatever else is on the disk need room to go on, or else nothing can even
 * be put in order.
 */
export const KEEP_FREE_BYTES = 128 * 1024 * 1024;

export type Bytes = Uint8Array | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

/** A part of an object, both ends included, as in HTTP ranges. */
export interface ByteRange {
  firstByte: number;
  /** The end of the object unless given. */
  lastByte?: number;
}

export interface StoredObject {
  key: string;
  sizeBytes: number;
  modifiedAtMs: TimeMs;
}

export interface PutOptions {
  /**
   * Whether it must survive a power cut from the moment `put` returns; true unless given.
   * Say false for what can be made again: a segment in the cache does not wait for the disk.
   */
  durable?: boolean;
  /** The time it has; now unless given. */
  modifiedAtMs?: TimeMs;
}

/** An object that is read a part at a time, at any place. */
export interface OpenObject {
  sizeBytes: number;
  /** Of what was put in, wherever it has been moved since. */
  modifiedAtMs: TimeMs;
  /** Reads up to `length` bytes: fewer at the end. */
  read(position: number, length: number): Promise<Buffer>;
  /** Reads what lies one behind the other into several places, in one go. Returns how many bytes there were. */
  readInto(position: number, targets: readonly Uint8Array[]): Promise<number>;
}

/** Files that were taken in here and are still on their way to where they will be kept. */
export interface Outgoing {
  files: number;
  bytes: number;
  /** Why it does not go on at the moment: a sentence for admins. */
  problem: string | null;
}

/**
 * Where bytes are kept: keys are paths of parts made of `A-Z a-z 0-9 . _ -`, such as `videos/<id>/source/film.mkv`.
 * An object appears whole or not at all, and replaces the one before it in one step. Every verb refuses other keys
 * with a `TypeError`: names that people chose are not keys.
 */
export interface Storage {
  /** Throws `storage-full`. */
  put(key: string, body: Bytes, options?: PutOptions): Promise<{ sizeBytes: number }>;
  /**
   * Moves a local file in: a rename where that is possible, else a copy. The file at `path` is gone afterwards, and the object
   * is there; where storage is another machine, it is sent there from then on, in the background.
   */
  putFile(key: string, path: string, options: { move: true }): Promise<void>;
  /** The whole object. Throws `file-missing`. */
  get(key: string): Promise<Uint8Array>;
  /** The object or a part of it, read as it is consumed. Throws `file-missing` before the first byte. */
  readStream(key: string, range?: ByteRange): Promise<ReadableStream<Uint8Array>>;
  stat(key: string): Promise<{ sizeBytes: number; modifiedAtMs: TimeMs } | null>;
  /** Where the object's file is; null where this storage is not on a disk of this machine. */
  localPath(key: string): string | null;
  /**
   * Where ffmpeg and the packager read the object: its path, or an address of this process on the loopback, good for as long as
   * it runs. Says nothing about whether the object is there.
   */
  addressOf(key: string): string;
  /** The object behind such an address; null for a path. Throws `file-missing`. */
  openAddress(address: string): Promise<OpenObject> | null;
  /**
   * Everything whose key begins with `prefix`, in no promised order. Its times may be of the last writing or touching, whatever
   * time that was to set.
   */
  list(prefix: string): AsyncIterable<StoredObject>;
  /** Deleting what is not there is fine. */
  delete(key: string): Promise<void>;
  /** Deletes a folder of objects: `videos/<id>/`. The prefix ends with a slash. */
  deletePrefix(prefix: string): Promise<void>;
  /** Changes an object's `modifiedAtMs`, and nothing else. What is not there stays so. */
  touch(key: string, modifiedAtMs: TimeMs): Promise<void>;
  /** Room left, or null when there is no limit to tell. */
  freeBytes(): Promise<number | null>;
  /** Room left and room in all; null when there is no limit to tell. */
  space(): Promise<{ freeBytes: number; totalBytes: number } | null>;
  /** Removes what interrupted writes left behind; returns how many files went. */
  sweepTemp(olderThanMs: number): Promise<number>;
  outgoing(): Promise<Outgoing>;
  /** Whether an object can be read by other machines that use the same storage. */
  isShared(key: string): Promise<boolean>;
  /** Stops what goes on in the background; it goes on at the next start. */
  close(): Promise<void>;
}
