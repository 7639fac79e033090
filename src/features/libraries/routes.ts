import { Hono } from 'hono';
import { access } from '../../http/access.ts';
import type { HttpEnv } from '../../http/env.ts';
import { IdParam, valid } from '../../http/validate.ts';
import { actorOf } from '../../http/viewer.ts';
import type { App } from '../../ports.ts';
import type { Viewer } from '../accounts/viewer.ts';
import {
  AddLibraryBody,
  BrowseFoldersQuery,
  EditLibraryBody,
  FolderListing,
  LibraryList,
  LibraryReply,
} from './api.ts';
import { browseFolder } from './folders.ts';
import { getLibrary, libraryWire, listLibraries } from './queries.ts';
import { addLibrary, editLibrary, removeLibrary, scanLibrary } from './service.ts';

export function libraryRoutes(app: App) {
  const reply = (viewer: Viewer, id: string) => ({ library: libraryWire(app, viewer, getLibrary(app.db.orm, id)) });
  return new Hono<HttpEnv>()
    .get('/api/libraries', access('signedIn', { summary: 'List libraries', returns: { 200: LibraryList } }), (c) =>
      c.json({ items: listLibraries(app, c.var.viewer) }, 200),
    )
    .post(
      '/api/libraries',
      access('admin', { summary: 'Add a library over folders of the server', returns: { 201: LibraryReply } }),
      valid('json', AddLibraryBody),
      async (c) => c.json(reply(c.var.viewer, (await addLibrary(app, actorOf(c, app), c.req.valid('json'))).id), 201),
    )
    .get(
      '/api/libraries/:id',
      access('signedIn', { summary: 'One library', returns: { 200: LibraryReply } }),
      valid('param', IdParam),
      (c) => c.json(reply(c.var.viewer, c.req.valid('param').id), 200),
    )
    .patch(
      '/api/libraries/:id',
      access('admin', { summary: 'Change a library', returns: { 200: LibraryReply } }),
      valid('param', IdParam),
      valid('json', EditLibraryBody),
      async (c) => {
        const { id } = await editLibrary(app, actorOf(c, app), c.req.valid('param').id, c.req.valid('json'));
        return c.json(reply(c.var.viewer, id), 200);
      },
    )
    .delete(
      '/api/libraries/:id',
      access('admin', { summary: 'Remove a library; its files stay', returns: { 204: null } }),
      valid('param', IdParam),
      (c) => {
        removeLibrary(app, actorOf(c, app), c.req.valid('param').id);
        return c.body(null, 204);
      },
    )
    .post(
      '/api/libraries/:id/scan',
      access('admin', { summary: 'Look for changes now', returns: { 202: LibraryReply } }),
      valid('param', IdParam),
      (c) => {
        const { id } = c.req.valid('param');
        scanLibrary(app, actorOf(c, app), id);
        return c.json(reply(c.var.viewer, id), 202);
      },
    )
    .get(
      '/api/folders',
      access('admin', { summary: "Folders of the server, to choose a library's", returns: { 200: FolderListing } }),
      valid('query', BrowseFoldersQuery),
      async (c) => c.json(await browseFolder(c.req.valid('query').path), 200),
    );
}
