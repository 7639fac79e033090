import type { z } from 'zod';
import { captionsUnreadable } from '../../media/captions/cues.ts';
import { readCaptionName } from '../../media/captions/names.ts';
import { readCaptions } from '../../media/captions/read.ts';
import { languageTag } from '../../media/probe/languages.ts';
import type { App } from '../../ports.ts';
import type { Viewer } from '../accounts/viewer.ts';
import { mayEdit } from '../videos/permissions.queries.ts';
import { getWatchable } from '../videos/queries.ts';
import type { AddCaptionQuery, EditCaptionBody, OwnCaptionWire } from './api.ts';
import { captionNotFound, captionNotYours, captionPartOfFile, tooManyCaptions } from './problems.ts';
import { type CaptionRow, findCaption, listCaptionRows, listLabelled, ownCaptionWire } from './queries.ts';
import { announce, changeCaption, dropRows, insertRow } from './service.ts';
import { keepText } from './text-files.ts';

/** What a video's owner does about its subtitles. */

const MOST_UPLOADED = 50;

export function listOwn(app: App, viewer: Viewer, videoId: string): OwnCaptionWire[] {
  getEditableVideo(app, viewer, videoId);
  return listLabelled(app.db.orm, videoId).map(ownCaptionWire);
}

/** Adds a file; it is read before this returns. Throws `captions-unreadable` with what is wrong with it. */
export async function addCaption(
  app: App,
  viewer: Viewer,
  videoId: string,
  said: z.output<typeof AddCaptionQuery>,
  bytes: Uint8Array,
): Promise<OwnCaptionWire> {
  getEditableVideo(app, viewer, videoId);
  const uploaded = listCaptionRows(app.db.orm, videoId).filter(({ origin }) => origin === 'uploaded');
  if (uploaded.length >= MOST_UPLOADED) {
    throw tooManyCaptions(`At most ${MOST_UPLOADED} subtitle files can be added to a video. Remove one first.`);
  }
  if (bytes.length === 0) throw captionsUnreadable('The file is empty.');
  const named = nameOf(said.filename);
  const language = said.language ? languageTag(said.language) : named.language;
  // First whether it can be read at all: nothing is kept of what cannot.
  readCaptions(bytes, language);
  const row = app.db.write((tx) =>
    insertRow(app, tx, {
      videoId,
      sourceId: null,
      origin: 'uploaded',
      path: said.filename.split(/[\\/]/).at(-1)!,
      sizeBytes: bytes.length,
      format: 'vtt',
      language,
      title: said.title || named.title,
      isDefault: named.isDefault,
      isForced: said.forced ?? named.isForced,
      isSdh: said.sdh ?? named.isSdh,
      state: 'pending',
    }),
  );
  try {
    await keepText(app, row, bytes, []);
  } catch (error) {
    app.db.write((tx) => dropRows(app, tx, [row]));
    throw error;
  }
  return ownWire(app, videoId, row.id);
}

export function editCaption(
  app: App,
  viewer: Viewer,
  videoId: string,
  id: string,
  { language, title, forced, sdh, default: isDefault }: z.output<typeof EditCaptionBody>,
): OwnCaptionWire {
  const row = getOwn(app, viewer, videoId, id);
  const changes: Partial<CaptionRow> = {
    ...(language === undefined ? {} : { language: language === null ? null : languageTag(language) }),
    ...(title === undefined ? {} : { title: title || null }),
    ...(forced === undefined ? {} : { isForced: forced }),
    ...(sdh === undefined ? {} : { isSdh: sdh }),
    ...(isDefault === undefined ? {} : { isDefault }),
  };
  app.db.write((tx) => {
    if (isDefault) {
      for (const other of listCaptionRows(tx, videoId)) changeCaption(app, tx, other, { isDefault: false });
    }
    changeCaption(app, tx, row, changes);
  });
  return ownWire(app, videoId, id);
}

/** Only what was added by hand: the rest is part of files that are never touched. */
export function removeCaption(app: App, viewer: Viewer, videoId: string, id: string): void {
  const row = getOwn(app, viewer, videoId, id);
  if (row.origin !== 'uploaded') {
    const where = row.origin === 'embedded' ? 'inside the video file' : 'in a file beside the video';
    throw captionPartOfFile(`These subtitles are ${where}, which Kinora does not change.`);
  }
  app.db.write((tx) => {
    dropRows(app, tx, [row]);
    announce(app, videoId);
  });
}

/** "Film.en.forced.srt", "English.srt": the words after the first one, or all of them. */
function nameOf(filename: string) {
  const stem = filename.replace(/\.[A-Za-z]{3}$/, '');
  const rest = readCaptionName(/[.\s_]/.test(stem) ? stem.replace(/^[^.\s_]+/, '') : stem);
  // What is left is the film's name, mostly: no title for a menu.
  return { ...rest, title: null };
}

function getOwn(app: App, viewer: Viewer, videoId: string, id: string): CaptionRow {
  getEditableVideo(app, viewer, videoId);
  const row = findCaption(app.db.orm, videoId, id);
  if (!row) throw captionNotFound('There are no such subtitles; they may have been replaced.');
  return row;
}

function getEditableVideo(app: App, viewer: Viewer, videoId: string): void {
  const video = getWatchable(app, viewer, videoId);
  if (!mayEdit(viewer, video)) throw captionNotYours('Only its owner or an admin may change the subtitles of a video.');
}

function ownWire(app: App, videoId: string, id: string): OwnCaptionWire {
  const found = listLabelled(app.db.orm, videoId).find(({ row }) => row.id === id);
  if (!found) throw captionNotFound('There are no such subtitles any more.');
  return ownCaptionWire(found);
}
