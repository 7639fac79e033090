import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createTarDecoder, createTarPacker } from 'modern-tar';

/**
 * A backup is a plain tar file (POSIX pax), so that any tar can open it. Its last entry, SHA256SUMS, has the hash of every
 * other in the form of sha256sum(1): `tar -x` and `sha256sum -c SHA256SUMS` check it without Kinora. An archive without
 * that entry was cut off.
 */
const SUMS = 'SHA256SUMS';

export interface ArchiveFile {
  /** Relative, with slashes. */
  name: string;
  sizeBytes: number;
  modifiedAtMs: number;
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

export interface WriteOptions {
  signal: AbortSignal;
  /** Told with every part written, its length. */
  onBytes?: (bytes: number) => void;
}

/** Writes files one after the other into a new archive, and flushes it to the disk. `path` must not exist. */
export async function writeArchive(
  path: string,
  files: AsyncIterable<ArchiveFile>,
  { signal, onBytes = () => {} }: WriteOptions,
): Promise<void> {
  const { readable, controller } = createTarPacker();
  const target = createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true });
  const written = pipeline(Readable.fromWeb(readable as Parameters<typeof Readable.fromWeb>[0]), target, { signal });
  // Awaited below; until then a failure must not end the process.
  written.catch(() => {});
  const add = async (file: ArchiveFile): Promise<string> => {
    const { name, sizeBytes: size } = file;
    const hash = createHash('sha256');
    const entry = controller
      .add({ name, size, type: 'file', mode: 0o600, mtime: new Date(file.modifiedAtMs) })
      .getWriter();
    for await (const part of file.body) {
      hash.update(part);
      await entry.write(part);
      onBytes(part.length);
    }
    await entry.close();
    return hash.digest('hex');
  };
  try {
    const sums: string[] = [];
    for await (const file of files) sums.push(`${await add(file)}  ${file.name}\n`);
    const body = Buffer.from(sums.join(''));
    await add({ name: SUMS, sizeBytes: body.length, modifiedAtMs: Date.now(), body: [body] });
    controller.finalize();
  } catch (error) {
    controller.error(error);
    // What the disk said is the cause, where it said something.
    await written.catch((cause: NodeJS.ErrnoException) => {
      if (cause.code && cause.code !== 'ABORT_ERR') throw cause;
    });
    signal.throwIfAborted();
    throw error;
  }
  await written;
}

/** What is done with an entry: its bytes have to be taken to their end. */
export type EntryReader = (name: string, sizeBytes: number, body: AsyncIterable<Uint8Array>) => Promise<void>;

/**
 * Reads an archive from its beginning to its end, hands every entry to `onEntry`, and compares all hashes.
 * Throws an `Error` with a sentence when it was cut off or changed, which is known only at the end: what `onEntry` has
 * done until then must be thrown away. Returns the number of files and their bytes.
 */
export async function readArchive(
  path: string,
  onEntry: EntryReader,
  signal?: AbortSignal,
): Promise<{ files: number; sizeBytes: number }> {
  const found = new Map<string, string>();
  let sums: string | null = null;
  let totalBytes = 0;
  const file = createReadStream(path, { highWaterMark: 1 << 20, ...(signal && { signal }) });
  const bytes = Readable.toWeb(file) as ReadableStream<Uint8Array>;
  const entries = bytes.pipeThrough(createTarDecoder({ strict: true }) as never) as ReadableStream<TarEntry>;
  try {
    for await (const { header, body } of entries) {
      if (sums !== null) throw damaged('there is something behind its end');
      if (header.type !== 'file') throw damaged(`"${header.name}" is no plain file`);
      if (header.name === SUMS) {
        sums = await text(body);
        continue;
      }
      if (found.has(header.name)) throw damaged(`"${header.name}" is in it twice`);
      const hash = createHash('sha256');
      let sizeBytes = 0;
      await onEntry(
        header.name,
        header.size,
        observed(body, (part) => {
          hash.update(part);
          sizeBytes += part.length;
        }),
      );
      if (sizeBytes !== header.size) throw damaged(`"${header.name}" was cut off`);
      totalBytes += sizeBytes;
      found.set(header.name, hash.digest('hex'));
    }
  } catch (error) {
    if (signal?.aborted || isOwn(error) || (error as NodeJS.ErrnoException).code) throw error;
    throw damaged((error as Error).message.replace(/\.$/, ''), error);
  }
  if (sums === null) throw damaged('its end is missing');
  compare(found, sums);
  return { files: found.size, sizeBytes: totalBytes };
}

interface TarEntry {
  header: { name: string; size: number; type?: string };
  body: ReadableStream<Uint8Array>;
}

function compare(found: Map<string, string>, sums: string): void {
  const told = sums.split('\n').filter((line) => line !== '');
  for (const line of told) {
    const [, sha256, name] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? [];
    if (name === undefined) throw damaged('its list of hashes cannot be read');
    if (!found.has(name)) throw damaged(`"${name}" is missing`);
    if (found.get(name) !== sha256) throw damaged(`"${name}" is not what was written`);
  }
  if (told.length !== found.size) throw damaged('it has files that its list of hashes does not');
}

async function* observed(body: AsyncIterable<Uint8Array>, onPart: (part: Uint8Array) => void) {
  for await (const part of body) {
    onPart(part);
    yield part;
  }
}

const DAMAGED = 'ArchiveDamaged';
const isOwn = (error: unknown) => (error as Error | null)?.name === DAMAGED;

/** The one error for everything that is wrong with an archive. */
export function damaged(what: string, cause?: unknown): Error {
  const sentence = `This backup is damaged: ${what}. Take another one; nothing was changed.`;
  return Object.assign(new Error(sentence, { cause }), { name: DAMAGED });
}
