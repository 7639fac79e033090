import { writeVtt } from '../../media/captions/cues.ts';
import { readCaptions } from '../../media/captions/read.ts';
import type { App } from '../../ports.ts';
import { type CaptionRow, captionFolder } from './queries.ts';
import { changeCaption } from './service.ts';

/**
 * Reads a track's text in whatever format and encoding, keeps it as WebVTT (and as it is, where it is ASS), and marks it
 * ready. Throws `captions-unreadable` with a sentence.
 */
export async function keepText(app: App, row: CaptionRow, bytes: Uint8Array, fonts: string[]): Promise<void> {
  const { cues, ass, encoding } = readCaptions(bytes, row.language);
  const folder = captionFolder(row);
  await app.storage.put(`${folder}text.vtt`, Buffer.from(writeVtt(cues)));
  if (ass !== null) await app.storage.put(`${folder}text.ass`, Buffer.from(ass));
  const { isSdh } = row;
  const format = ass === null ? 'vtt' : 'ass';
  const kept = app.db.write((tx) =>
    changeCaption(app, tx, row, { state: 'ready', failure: null, format, encoding, fonts, isSdh }),
  );
  // Forgotten while it was read: nobody would ever delete what was just written.
  if (!kept) await app.storage.deletePrefix(folder);
}
