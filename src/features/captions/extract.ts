import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type ExtractedStream, extractCaptionsArgv, probeCaptionsArgv } from '../../media/captions/argv.ts';
import { captionsUnreadable } from '../../media/captions/cues.ts';
import { type CaptionProbe, readCaptionProbe } from '../../media/captions/probe.ts';
import { FfmpegError } from '../../platform/ffmpeg.ts';
import type { JobContext } from '../../platform/queue.run.ts';
import type { App } from '../../ports.ts';
import type { StreamSource } from '../../streaming/source.ts';
import { failingAlone } from './failures.ts';
import { type CaptionRow, captionFolder, fontKey } from './queries.ts';
import { changeCaption } from './service.ts';
import { keepText } from './text-files.ts';

const LARGEST_FONT_BYTES = 25 * 1024 * 1024;
const MOST_FONT_BYTES = 150 * 1024 * 1024;

interface Extracted extends ExtractedStream {
  row: CaptionRow;
}

/** Takes all pending tracks out of a source in one pass over it; where that fails, each by itself. */
export async function extractEmbedded(
  app: App,
  source: StreamSource,
  rows: CaptionRow[],
  context: JobContext,
): Promise<void> {
  const folder = join(app.dataDir.tmpPath, `captions-${context.jobId}`);
  await mkdir(folder, { recursive: true });
  try {
    const { path, info } = source;
    const found = await probeCaptions(app, { path, demuxer: info.container.demuxer }, context.signal);
    const streams = rows.map((row) => ({
      row,
      index: row.streamIndex!,
      as: methodOf(row),
      file: join(folder, `${row.id}.track`),
    }));
    const wantsFonts = rows.some(({ format }) => format === 'ass');
    const fonts = wantsFonts ? found.fonts.map((font) => ({ ...font, file: join(folder, `${font.index}.font`) })) : [];
    const all = await tryExtract(app, source, streams, fonts, context);
    const names = await keepFonts(app, source.videoId, fonts);
    for (const stream of streams) {
      context.signal.throwIfAborted();
      await failingAlone(app, stream.row, context, async () => {
        if (!all) await runExtract(app, source, [stream], [], context);
        await keep(app, stream, found, names);
      });
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export async function probeCaptions(
  app: App,
  file: { path: string; demuxer: string },
  signal: AbortSignal,
): Promise<CaptionProbe> {
  return readCaptionProbe(JSON.parse((await app.ffmpeg.probe(probeCaptionsArgv(file), { signal })).toString('utf8')));
}

function methodOf({ codec, format }: CaptionRow): ExtractedStream['as'] {
  if (format === 'pgs') return 'sup';
  if (format === 'picture') return 'mks';
  if (format === 'ass') return 'ass';
  if (codec === 'webvtt') return 'vtt';
  return codec === 'subrip' || codec === 'srt' || codec === 'text' ? 'srt' : 'vttMade';
}

/** False where one of the tracks spoils it for all. */
async function tryExtract(
  app: App,
  source: StreamSource,
  streams: Extracted[],
  fonts: { index: number; file: string }[],
  context: JobContext,
): Promise<boolean> {
  try {
    await runExtract(app, source, streams, fonts, context);
    return true;
  } catch (error) {
    if (!(error instanceof FfmpegError) || error.reason !== 'failed') throw error;
    context.log(error.log);
    return false;
  }
}

async function runExtract(
  app: App,
  { path, info, timeline }: StreamSource,
  streams: Extracted[],
  fonts: { index: number; file: string }[],
  { signal, progress }: JobContext,
): Promise<void> {
  const argv = extractCaptionsArgv({
    path,
    demuxer: info.container.demuxer,
    originSec: timeline.ffmpegOriginSec,
    streams,
    fonts,
    progressFd: 3,
  });
  const running = app.ffmpeg.start(argv, { signal, pipes: 1 });
  const lines = createInterface({ input: running.pipes[0]! });
  lines.on('line', (line) => {
    const outUs = Number(/^out_time_us=(\d+)$/.exec(line)?.[1]);
    if (outUs > 0) progress((outUs / timeline.durationUs) * 100);
  });
  await running.done;
}

async function keep(
  app: App,
  { row, as, file, index }: Extracted,
  { tracks }: CaptionProbe,
  fonts: string[],
): Promise<void> {
  const track = tracks.find((candidate) => candidate.index === index);
  const isSdh = row.isSdh || track?.isSdh === true;
  if (as === 'sup' || as === 'mks') {
    const { size } = await stat(file);
    // An empty track still has a head in Matroska.
    if (as === 'sup' ? size === 0 : size < 600) throw captionsUnreadable('There is no picture in this track.');
    await app.storage.putFile(`${captionFolder(row)}pictures.${as}`, file, { move: true });
    app.db.write((tx) => changeCaption(app, tx, row, { state: 'ready', failure: null, isSdh }));
    return;
  }
  await keepText(app, { ...row, isSdh }, await readFile(file), as === 'ass' ? fonts : []);
}

/** Stores fonts under names made of their content; returns the names. Too large ones and too many are left out. */
async function keepFonts(
  app: App,
  videoId: string,
  fonts: readonly { file: string; extension: string }[],
): Promise<string[]> {
  const names: string[] = [];
  let total = 0;
  for (const { file, extension } of fonts) {
    const { size } = await stat(file).catch(() => ({ size: 0 }));
    if (size === 0 || size > LARGEST_FONT_BYTES || total + size > MOST_FONT_BYTES) continue;
    total += size;
    const bytes = await readFile(file);
    const name = `${createHash('sha256').update(bytes).digest('hex').slice(0, 20)}.${extension}`;
    if (names.includes(name)) continue;
    await app.storage.put(fontKey(videoId, name), bytes);
    names.push(name);
  }
  return names;
}
