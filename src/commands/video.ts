import { type FileHandle, open, unlink } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { Page } from '../core/wire.ts';
import { VideoState, type VideoWire, Visibility } from '../features/videos/api.ts';
import type { ConfigFlags } from '../platform/config/load.ts';
import { notThere, wrongUsage } from './exit.ts';
import { importLink, isLink, untilPlayable } from './import-link.ts';
import { type Instance, withInstance } from './instance.ts';
import { examples, instanceOptions, wholeNumber } from './options.ts';
import { type Column, dateText, durationText, printList, progressLine, say, sizeText } from './print.ts';

/** `kinora video ...` */

const COLUMNS: Column<VideoWire>[] = [
  { title: 'ID', of: ({ id }) => id },
  { title: 'TITLE', of: ({ title }) => title },
  { title: 'LENGTH', of: ({ durationMs }) => durationText(durationMs), align: 'right' },
  { title: 'SIZE', of: ({ sizeBytes }) => sizeText(sizeBytes), align: 'right' },
  { title: 'STATE', of: ({ state, offline }) => (offline ? 'offline' : state) },
  { title: 'OF', of: ({ owner, library }) => owner?.username ?? library?.name ?? '' },
  { title: 'VISIBILITY', of: ({ visibility }) => visibility },
  { title: 'ADDED', of: ({ createdAtMs }) => dateText(createdAtMs) },
];

interface ListFlags extends ConfigFlags {
  owner?: string;
  state?: VideoWire['state'];
  limit: number;
  json?: boolean;
}

/** What an admin finds in lists; with an owner, everything of that account's. */
async function listVideos({ owner, state, limit, json, ...flags }: ListFlags): Promise<void> {
  const items = await withInstance(flags, async (instance) => {
    const asked = owner === undefined ? instance : instance.as(owner);
    const all: VideoWire[] = [];
    for (let cursor: string | null = ''; cursor !== null && all.length < limit; ) {
      const query = new URLSearchParams({ limit: String(Math.min(100, limit - all.length)) });
      if (cursor) query.set('cursor', cursor);
      if (owner !== undefined) query.set('owner', 'me');
      if (state) query.set('state', state);
      const page: Page<VideoWire> = await asked.call('GET', `/api/videos?${query}`);
      all.push(...page.items);
      cursor = page.nextCursor;
    }
    return all;
  });
  printList(items, COLUMNS, { json, empty: 'There are no such videos.' });
}

async function removeVideos(ids: string[], flags: ConfigFlags): Promise<void> {
  await withInstance(flags, async (instance) => {
    for (const id of ids) {
      await instance.call('DELETE', `/api/videos/${encodeURIComponent(id)}`);
      say(`Removed ${id}. "kinora video restore ${id}" brings it back for seven days.`);
    }
  });
}

async function restoreVideos(ids: string[], flags: ConfigFlags): Promise<void> {
  await withInstance(flags, async (instance) => {
    for (const id of ids) {
      await instance.call('POST', `/api/videos/${encodeURIComponent(id)}/restore`);
      say(`${id} is there again.`);
    }
  });
}

interface ImportFlags extends ConfigFlags {
  as: string;
  title?: string;
  visibility?: VideoWire['visibility'];
  move?: boolean;
  wait?: boolean;
}

/** Takes files and links in for an account, one after the other. `--move` deletes each file once it has been taken in. */
async function importVideos(sources: string[], flags: ImportFlags): Promise<void> {
  const { as, title, visibility, move, wait, ...configFlags } = flags;
  if (title !== undefined && sources.length > 1) {
    throw wrongUsage('--title is for one file: import the others without.');
  }
  const other = sources.find((source) => /^[a-z][a-z0-9+.-]+:\/\//i.test(source) && !isLink(source));
  if (other) throw wrongUsage(`${other} cannot be fetched: links begin with https:// or http://.`);
  if (move && sources.some(isLink)) throw wrongUsage('--move is for files: what a link leads to stays where it is.');
  const needed = wait ? { needsServer: 'Nothing becomes playable before it is started: import without --wait.' } : {};
  const work = async (served: Instance) => {
    const instance = served.as(as);
    for (const source of sources) {
      const wanted = { title, visibility };
      const taken = isLink(source)
        ? await importLink(instance, source, wanted)
        : await importFile(instance, resolve(source), wanted);
      if (move) await unlink(source);
      const video = wait ? await untilPlayable(instance, taken) : taken;
      say(`${video.id}  ${video.title}`);
      if (!instance.isServed) say(`It is ${isLink(source) ? 'fetched' : 'made playable'} when Kinora starts.`);
    }
  };
  await withInstance(configFlags, work, needed);
}

/** Sent in parts, so that no request lasts long and people see how it gets on. */
const PART_BYTES = 16 * 1024 * 1024;

async function importFile(
  instance: Instance,
  path: string,
  wanted: { title: string | undefined; visibility: string | undefined },
): Promise<VideoWire> {
  const file = await openFile(path);
  const progress = progressLine();
  try {
    const { size: sizeBytes } = await file.stat();
    const { video, upload } = await instance.call<{ video: VideoWire; upload: { url: string } }>(
      'POST',
      '/api/videos/init',
      { filename: basename(path), sizeBytes, ...wanted },
    );
    try {
      const part = Buffer.allocUnsafe(Math.min(PART_BYTES, Math.max(sizeBytes, 1)));
      for (let at = 0; at < sizeBytes; ) {
        progress.show(`${basename(path)}: ${Math.floor((at / sizeBytes) * 100)} % of ${sizeText(sizeBytes)}`);
        const { bytesRead } = await file.read(part, 0, Math.min(part.length, sizeBytes - at), at);
        if (bytesRead === 0) throw wrongUsage(`${path} became shorter while it was read. Import it again.`);
        await sendPart(instance, upload.url, part.subarray(0, bytesRead), at);
        at += bytesRead;
      }
      await instance.call('POST', `/api/videos/${video.id}/complete`);
    } catch (error) {
      // Half an upload is no use to anybody.
      await instance.call('DELETE', `/api/videos/${video.id}`).catch(() => {});
      throw error;
    }
    return video;
  } finally {
    progress.end();
    await file.close();
  }
}

async function sendPart(instance: Instance, url: string, bytes: Buffer, offset: number): Promise<void> {
  const headers = {
    'Tus-Resumable': '1.0.0',
    'Upload-Offset': String(offset),
    'Content-Type': 'application/offset+octet-stream',
  };
  const response = await instance.raw('PATCH', url, { headers, body: bytes as BodyInit });
  await response.body?.cancel();
}

async function openFile(path: string): Promise<FileHandle> {
  let file: FileHandle;
  try {
    file = await open(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw notThere(`There is no file ${path}.`);
    throw wrongUsage(code === 'EACCES' ? `You may not read ${path}.` : `${path} cannot be read: ${message}.`);
  }
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw wrongUsage(`${path} is not a file. For a folder of videos, add a library: kinora library add NAME ${path}`);
}

export function videoCommands(program: Command): void {
  const video = program.command('video').description('videos: list, import files and links, remove, restore');
  const command = (usage: string, description: string, ...lines: string[]) =>
    examples(video.command(usage).description(description), lines);

  instanceOptions(
    command(
      'list',
      'list videos, newest first; private ones of an account by --owner',
      'video list --limit 20',
      'video list --owner ada --json',
    )
      .option('--owner <name>', 'all videos of an account')
      .addOption(new Option('--state <state>', 'those in a state').choices(VideoState.options))
      .option('--limit <number>', 'at most so many', wholeNumber(1, 100_000), 50)
      .option('--json', 'as JSON, for programs'),
  ).action(listVideos);
  instanceOptions(
    command(
      'import <files-or-links...>',
      'take files in as uploads of an account, or have links fetched by the server; files stay unless --move is given. Ctrl-C while a link is fetched leaves the server to it',
      'video import --as ada holiday.mp4 --visibility internal',
      'video import --as ada https://films.example/holiday.mp4 --wait',
      'video import --as ada --move /mnt/camera/*.mp4',
    )
      .requiredOption('--as <name>', 'the account they belong to')
      .option('--title <title>', 'the title, of one file; else it is made of the name')
      .addOption(new Option('--visibility <visibility>', 'who may watch').choices(Visibility.options))
      .option('--move', 'delete each file once it has been taken in')
      .option('--wait', 'end when each can be played'),
  ).action(importVideos);
  instanceOptions(
    command('remove <ids...>', 'remove videos; they can be restored for seven days', 'video remove Aaaa1111Bbbb22'),
  ).action(removeVideos);
  instanceOptions(command('restore <ids...>', 'bring removed videos back', 'video restore Aaaa1111Bbbb22')).action(
    restoreVideos,
  );
}
