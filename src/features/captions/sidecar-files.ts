import { mkdir, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { extractCaptionsArgv } from '../../media/captions/argv.ts';
import { captionsUnreadable, MOST_BYTES } from '../../media/captions/cues.ts';
import type { App } from '../../ports.ts';
import { probeCaptions } from './extract.ts';
import { type CaptionRow, captionFolder } from './queries.ts';
import { changeCaption, insertRow } from './service.ts';
import { keepText } from './text-files.ts';

/** Reads a caption file beside its film. Throws `captions-unreadable`, or what the file system says. */
export async function readSidecar(app: App, row: CaptionRow, signal: AbortSignal): Promise<void> {
  if (/\.idx$/i.test(row.path!)) return readVobSub(app, row, signal);
  await keepText(app, row, await readSmall(row.path!), []);
}

async function readSmall(path: string): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (size > MOST_BYTES) {
      throw captionsUnreadable(`It is larger than ${MOST_BYTES / 1024 / 1024} MB, which no caption file is.`);
    }
    return await file.readFile();
  } finally {
    await file.close();
  }
}

/** Pictures of a DVD: an .idx file with the times, a .sub file with the pictures, and a track for each language. */
async function readVobSub(app: App, row: CaptionRow, signal: AbortSignal): Promise<void> {
  const path = row.path!;
  if (!(await hasPictures(path))) {
    throw captionsUnreadable('The .sub file with its pictures is missing. Put it beside the .idx file.');
  }
  const { tracks } = await probeCaptions(app, { path, demuxer: 'vobsub' }, signal);
  const [first, ...others] = tracks.filter(({ codec }) => codec === 'dvd_subtitle');
  if (!first) throw captionsUnreadable('There are no subtitles in it that can be read.');
  const folder = join(app.dataDir.tmpPath, `captions-${row.id}`);
  await mkdir(folder, { recursive: true });
  try {
    // The other languages of the file are tracks of their own.
    const rest = row.streamIndex === null ? others : [];
    const rows = app.db.write((tx) =>
      rest.map(({ index, language }) => {
        const { id: _, position: __, createdAtMs: ___, ...copied } = row;
        return insertRow(app, tx, { ...copied, streamIndex: index, language: language ?? row.language });
      }),
    );
    const own = { row, index: row.streamIndex ?? first.index, language: row.language ?? first.language };
    const wanted = [own, ...rows.map((one) => ({ row: one, index: one.streamIndex!, language: one.language }))];
    const streams = wanted.map(({ row: one, index }) => ({ index, as: 'mks' as const, file: join(folder, one.id) }));
    const argv = extractCaptionsArgv({ path, demuxer: 'vobsub', originSec: 0, streams, fonts: [], progressFd: 1 });
    await app.ffmpeg.start(argv, { signal }).done;
    for (const [n, one] of wanted.entries()) {
      await app.storage.putFile(`${captionFolder(one.row)}pictures.mks`, streams[n]!.file, { move: true });
      const ready = { state: 'ready', failure: null, language: one.language, streamIndex: one.index } as const;
      app.db.write((tx) => changeCaption(app, tx, one.row, ready));
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function hasPictures(path: string): Promise<boolean> {
  for (const extension of ['sub', 'SUB']) {
    if (await stat(path.replace(/idx$/i, extension)).catch(() => null)) return true;
  }
  return false;
}
