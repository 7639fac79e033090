import type { z } from 'zod';
import type {
  AddLibraryBody,
  EditLibraryBody,
  FolderListing,
  LibraryList,
  LibraryReply,
} from '../../../src/features/libraries/api.ts';
import { request } from './client.ts';

type Reply = z.infer<typeof LibraryReply>;
export type LibraryDraft = z.input<typeof AddLibraryBody>;
export type FolderListingWire = z.infer<typeof FolderListing>;

const path = (id: string) => `/api/libraries/${encodeURIComponent(id)}`;

export const listLibraries = () => request<z.infer<typeof LibraryList>>('/api/libraries');
export const fetchLibrary = (id: string) => request<Reply>(path(id));
export const addLibrary = (body: LibraryDraft) => request<Reply>('/api/libraries', { method: 'POST', body });
export const editLibrary = (id: string, body: z.input<typeof EditLibraryBody>) =>
  request<Reply>(path(id), { method: 'PATCH', body });
export const removeLibrary = (id: string) => request<void>(path(id), { method: 'DELETE' });
export const scanLibrary = (id: string) => request<Reply>(`${path(id)}/scan`, { method: 'POST' });
export const browseFolders = (folder?: string) =>
  request<FolderListingWire>('/api/folders', { query: { path: folder } });
