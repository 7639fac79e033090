import { z } from 'zod';
import { Id, Line, TimeMs } from '../../core/wire.ts';

export const LibraryKind = z.enum(['movies', 'shows', 'home']);
const LibraryName = Line.min(1, 'needs a name').max(80, 'may have at most 80 characters');
const FolderPath = z.string().min(1, 'is missing').max(4096);

export const LibraryWire = z.object({
  id: Id,
  name: z.string(),
  kind: LibraryKind,
  folders: z.array(z.object({ path: z.string(), online: z.boolean() })).describe('Paths are shown to admins only.'),
  fromConfig: z.boolean().describe('True where the YAML file declares it: then it cannot be edited here.'),
  state: z.enum(['online', 'offline', 'scanning']),
  videoCount: z.number().int(),
  scannedAtMs: TimeMs.nullable(),
  createdAtMs: TimeMs,
});
export type LibraryWire = z.infer<typeof LibraryWire>;

export const AddLibraryBody = z.object({
  name: LibraryName,
  kind: LibraryKind.default('home'),
  folders: z.array(FolderPath).min(1, 'needs at least one folder').max(50),
});
export const EditLibraryBody = AddLibraryBody.omit({ kind: true }).partial();
export const LibraryReply = z.object({ library: LibraryWire });
export const LibraryList = z.object({ items: z.array(LibraryWire) });

/** For the folder picker: the folders inside one folder of the server. */
export const BrowseFoldersQuery = z.object({ path: FolderPath.optional() });
export const FolderListing = z.object({
  path: z.string(),
  parent: z.string().nullable(),
  folders: z.array(z.object({ name: z.string(), path: z.string() })),
  videoCount: z.number().int().describe('Files directly inside that look like video or audio.'),
});
