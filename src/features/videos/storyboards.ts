import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { storyboardArgv, type Turn } from '../../media/encode/argv-images.ts';
import { lackingFilters } from '../../media/encode/filters.ts';
import { planStoryboard, type StoryboardPlan, storyboardVtt } from '../../media/pictures/storyboard.ts';
import { toSheet } from '../../platform/images.ts';
import type { App } from '../../ports.ts';
import type { StreamSource } from '../../streaming/source.ts';
import { runImages } from './image-runs.ts';
import { writeKeyFrames } from './posters.ts';

/** With fewer different pictures than one for so many tiles, a storyboard misleads: then all frames are decoded. */
const TILES_A_KEY = 4;

interface Place {
  folder: string;
  prefix: string;
  signal: AbortSignal;
}

/** Sprite sheets and their WebVTT. Returns how many sheets. */
export async function makeStoryboard(app: App, source: StreamSource, place: Place): Promise<number> {
  const { timeline, info } = source;
  const track = info.video[0]!;
  const plan = planStoryboard({ durationSec: timeline.durationUs / 1e6, width: track.width, height: track.height });
  const names = await drawSheets(app, source, plan, place);
  for (const [n, name] of names.entries()) {
    const sheet = await toSheet(await readFile(join(place.folder, name)));
    await app.storage.put(`${place.prefix}storyboard-${n}.webp`, sheet);
  }
  const vtt = Buffer.from(storyboardVtt(plan, (n) => `storyboard-${n}`));
  await app.storage.put(`${place.prefix}storyboard.vtt`, vtt);
  return names.length;
}

/**
 * Three ways, from cheap to costly: the packager fetches the few key frames that are shown and ffmpeg reads those alone;
 * ffmpeg reads the file and decodes its key frames; ffmpeg decodes it all, where there are next to no key frames.
 */
async function drawSheets(app: App, source: StreamSource, plan: StoryboardPlan, place: Place): Promise<string[]> {
  const { info, path } = source;
  const track = info.video[0]!;
  const { folder, signal } = place;
  const lacking = lackingFilters(await app.ffmpeg.filters());
  const draw = async (
    from: { path: string; demuxer: string; trackIndex: number; turn?: Turn },
    intervalSec: number,
    decode: 'keys' | 'all',
  ) => {
    const argv = storyboardArgv({
      ...from,
      source: { ...track, lacking },
      plan: { ...plan, intervalSec },
      decode,
      folder,
    });
    await runImages(app, argv, signal);
    return sheetsIn(folder);
  };
  const original = { path, demuxer: info.container.demuxer, trackIndex: track.index };
  // The last frame at or before the middle of each tile's time.
  const momentsUs = Array.from({ length: plan.tiles }, (_, n) => (n + 0.5) * plan.intervalSec * 1e6);
  const film = await writeKeyFrames(app, source, track, momentsUs, join(folder, 'keys.mp4'), signal);
  if (film && film.frames * TILES_A_KEY >= plan.tiles) {
    const sheets = await draw({ path: film.path, demuxer: 'mov', trackIndex: 0, turn: track }, 1, 'all').catch(
      () => [],
    );
    signal.throwIfAborted();
    if (sheets.length > 0) return sheets;
  }
  if (!film) {
    const sheets = await draw(original, plan.intervalSec, 'keys').catch(() => []);
    signal.throwIfAborted();
    if (sheets.length > 0) return sheets;
  }
  return draw(original, plan.intervalSec, 'all');
}

async function sheetsIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.startsWith('sheet-')).sort();
}
