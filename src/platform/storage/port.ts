import { defineProblem, Problem } from '../../core/problem.ts';
import type { TimeMs } from '../../core/time.ts';

/** 507: nothing was written that would have to be cleaned up. */
export const storageFull = defineProblem('storage-full', 507);
/** 404: the key holds nothing. */
export const fileMissing = defineProblem('file-missing', 404);

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
}

/**
 * Where bytes are kept: keys are paths of parts made of `A-Z a-z 0-9 . _ -`, such as `videos/<id>/source/film.mkv`.
 * An object appears whole or not at all, and replaces the one before it in one step. Every verb refuses other keys
 * with a `TypeError`: names that people chose are not keys.
 */
export interface Storage {
  /** Throws `storage-full`. */
  put(key: string, body: Bytes, options?: PutOptions): Promise<{ sizeBytes: number }>;
  /** Moves a local file in: a rename where that is possible, else a copy. The file at `path` is gone afterwards. */
  putFile(key: string, path: string, options: { move: true }): Promise<void>;
  /** The whole object. Throws `file-missing`. */
  get(key: string): Promise<Uint8Array>;
  /** The object or a part of it, read as it is consumed. Throws `file-missing` before the first byte. */
  readStream(key: string, range?: ByteRange): Promise<ReadableStream<Uint8Array>>;
  stat(key: string): Promise<{ sizeBytes: number; modifiedAtMs: TimeMs } | null>;
  /** Where the object can be read in place by ffmpeg and the packager; null when it is not on this machine. */
  localPath(key: string): string | null;
  /** Everything whose key begins with `prefix`, in no promised order. */
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
}
