import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { LibraryKind, type LibraryWire } from '../features/libraries/api.ts';
import type { ConfigFlags } from '../platform/config/load.ts';
import { notThere } from './exit.ts';
import { type Instance, withInstance } from './instance.ts';
import { examples, instanceOptions } from './options.ts';
import { type Column, dateText, printList, say } from './print.ts';

/** `kinora library ...` and `kinora scan`. */

const COLUMNS: Column<LibraryWire>[] = [
  { title: 'ID', of: ({ id }) => id },
  { title: 'NAME', of: ({ name }) => name },
  { title: 'KIND', of: ({ kind }) => kind },
  { title: 'STATE', of: ({ state }) => state },
  { title: 'VIDEOS', of: ({ videoCount }) => videoCount, align: 'right' },
  { title: 'SCANNED', of: ({ scannedAtMs }) => dateText(scannedAtMs) || 'never' },
  { title: 'FOLDERS', of: ({ folders }) => folders.map(({ path }) => path).join(', ') },
];

const librariesOf = async (instance: Instance) =>
  (await instance.call<{ items: LibraryWire[] }>('GET', '/api/libraries')).items;

async function listLibraries({ json, ...flags }: ConfigFlags & { json?: boolean }): Promise<void> {
  printList(await withInstance(flags, librariesOf), COLUMNS, {
    json,
    empty: 'There are no libraries yet: "kinora library add NAME FOLDER" makes one.',
  });
}

async function addLibrary(
  name: string,
  folders: string[],
  { kind, ...flags }: ConfigFlags & { kind?: LibraryWire['kind'] },
): Promise<void> {
  const body = { name, folders: folders.map((folder) => resolve(folder)), ...(kind && { kind }) };
  const isServed = await withInstance(flags, async (instance) => {
    await instance.call('POST', '/api/libraries', body);
    return instance.isServed;
  });
  say(`Added ${name}. It is scanned ${isServed ? 'now' : 'when Kinora starts'}.`);
}

/** Scans one library, or all. */
async function scan(named: string | undefined, flags: ConfigFlags): Promise<void> {
  const needsServer = 'Start it: every library is scanned at the start.';
  const scanned = await withInstance(
    flags,
    async (instance) => {
      const all = await librariesOf(instance);
      const chosen = named === undefined ? all : all.filter(({ id, name }) => id === named || sameName(name, named));
      if (named !== undefined && chosen.length === 0) {
        throw notThere(`There is no library "${named}". "kinora library list" names them.`);
      }
      for (const { id } of chosen) await instance.call('POST', `/api/libraries/${id}/scan`);
      return chosen;
    },
    { needsServer },
  );
  if (scanned.length === 0) say('There are no libraries yet: "kinora library add NAME FOLDER" makes one.');
  for (const { name } of scanned) say(`Scanning ${name}. "kinora jobs watch" shows how it goes.`);
}

const sameName = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

export function libraryCommands(program: Command): void {
  const library = program.command('library').description('libraries: list, add, scan');
  instanceOptions(
    examples(library.command('list').description('list libraries'), ['library list', 'library list --json']).option(
      '--json',
      'as JSON, for programs',
    ),
  ).action(listLibraries);
  instanceOptions(
    examples(library.command('add <name> <folders...>').description('add a library over folders; their files stay'), [
      'library add Films /media/films --kind movies',
      'library add "Home videos" /media/phone /media/camera',
    ]).addOption(new Option('--kind <kind>', 'what is in it').choices(LibraryKind.options).default('home')),
  ).action(addLibrary);
  scanCommand(library, 'library scan');
}

/** Twice in the tree: it is what people type most. */
export function scanCommand(parent: Command, name = 'scan'): void {
  instanceOptions(
    examples(parent.command('scan [library]').description('look for changes in a library, or in all, now'), [
      name,
      `${name} Films`,
    ]),
  ).action(scan);
}
