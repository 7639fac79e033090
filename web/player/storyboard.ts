export interface StoryboardTile {
  url: string;
  startTime: number;
  endTime: number;
  width: number;
  height: number;
  coords: { x: number; y: number };
}

const CUE = /^(\S+) --> (\S+)[^\n]*\n(\S+)#xywh=(\d+),(\d+),(\d+),(\d+)/gm;

/** Reads a WebVTT file of sprites. Pictures are named relative to the file, as the WebVTT practice is, not to the page. */
export function parseStoryboard(vtt: string, fileUrl: string): StoryboardTile[] {
  return [...vtt.replace(/\r\n?/g, '\n').matchAll(CUE)].map(([, start, end, image, x, y, width, height]) => ({
    url: new URL(image ?? '', fileUrl).href,
    startTime: seconds(start ?? ''),
    endTime: seconds(end ?? ''),
    width: Number(width),
    height: Number(height),
    coords: { x: Number(x), y: Number(y) },
  }));
}

function seconds(stamp: string): number {
  return stamp.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
}

/** Null while there is none, or when it cannot be read: scrubbing works without pictures. */
export async function loadStoryboard(url: string): Promise<StoryboardTile[] | null> {
  const absolute = new URL(url, document.baseURI).href;
  try {
    const response = await fetch(absolute);
    return response.ok ? parseStoryboard(await response.text(), absolute) : null;
  } catch {
    return null;
  }
}
