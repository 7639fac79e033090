/** Storyboards: small pictures in sprite sheets that a player shows while scrubbing, with a WebVTT file that says where each is. */

export interface StoryboardPlan {
  tileWidth: number;
  tileHeight: number;
  /** Tiles a row and rows a sheet. */
  columns: number;
  rows: number;
  /** Seconds from one tile to the next. */
  intervalSec: number;
  /** All tiles, and the sheets they fill. */
  tiles: number;
  sheets: number;
  durationSec: number;
}

const BOX = { width: 240, height: 135 };
const COLUMNS = 5;
const ROWS = 5;
const SHORTEST_INTERVAL_SEC = 2;
const MOST_TILES = 400;

/**
 * Tiles as large as fit into 240 x 135 (or 135 x 240 for upright pictures), in sheets of 5 x 5, every two whole seconds or
 * as much rarer as keeps them to 400. `width` and `height` are those of the upright picture in square pixels.
 */
export function planStoryboard(picture: { durationSec: number; width: number; height: number }): StoryboardPlan {
  const { durationSec, width, height } = picture;
  const box = width >= height ? BOX : { width: BOX.height, height: BOX.width };
  const scale = Math.min(box.width / width, box.height / height);
  const intervalSec = Math.max(SHORTEST_INTERVAL_SEC, Math.ceil(durationSec / MOST_TILES));
  const tiles = Math.max(1, Math.ceil(durationSec / intervalSec));
  return {
    tileWidth: even(width * scale),
    tileHeight: even(height * scale),
    columns: COLUMNS,
    rows: ROWS,
    intervalSec,
    tiles,
    sheets: Math.ceil(tiles / (COLUMNS * ROWS)),
    durationSec,
  };
}

function even(length: number): number {
  return Math.max(16, 2 * Math.round(length / 2));
}

/** WebVTT whose cues name a part of a sheet by media fragment (`#xywh=`, W3C Media Fragments 4.2.2). */
export function storyboardVtt(plan: StoryboardPlan, sheetUri: (sheet: number) => string): string {
  const { tileWidth, tileHeight, columns, rows, intervalSec, tiles, durationSec } = plan;
  const cues = Array.from({ length: tiles }, (_, tile) => {
    const startSec = tile * intervalSec;
    const endSec = Math.max(startSec + 0.001, Math.min(startSec + intervalSec, durationSec));
    const place = tile % (columns * rows);
    const x = (place % columns) * tileWidth;
    const y = Math.floor(place / columns) * tileHeight;
    const uri = sheetUri(Math.floor(tile / (columns * rows)));
    return `${vttTime(startSec)} --> ${vttTime(endSec)}\n${uri}#xywh=${x},${y},${tileWidth},${tileHeight}\n`;
  });
  return ['WEBVTT\n', ...cues].join('\n');
}

/** A WebVTT timestamp: `hh:mm:ss.ttt`. */
export function vttTime(seconds: number): string {
  const ms = Math.round(seconds * 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  const clock = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60, Math.floor(ms / 1000) % 60].map(two);
  return `${clock.join(':')}.${String(ms % 1000).padStart(3, '0')}`;
}
