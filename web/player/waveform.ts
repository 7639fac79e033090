/** Null while there is none, or when it cannot be read: then a plain line stands in its place. */
export async function loadWaveform(url: string): Promise<number[] | null> {
  try {
    const response = await fetch(new URL(url, document.baseURI));
    if (!response.ok) return null;
    const { version, peaks } = (await response.json()) as { version: number; peaks: number[] };
    return version === 1 && peaks.length > 0 ? peaks : null;
  } catch {
    return null;
  }
}

const BAR = 2.5;
const STEP = 4;
const LOWEST = 3;

/**
 * Bars around the middle line as an SVG path for a box of so many pixels: the loudest fills it, silence is a dot. Each bar is
 * the highest of the peaks it stands for.
 */
export function waveformPath(peaks: readonly number[], width: number, height: number): string {
  const bars = Math.max(1, Math.floor((width + STEP - BAR) / STEP));
  const highest = Math.max(1, ...peaks);
  const parts: string[] = [];
  for (let bar = 0; bar < bars; bar++) {
    const from = Math.floor((bar * peaks.length) / bars);
    const to = Math.max(from + 1, Math.floor(((bar + 1) * peaks.length) / bars));
    const share = Math.max(...peaks.slice(from, to)) / highest;
    const length = Math.max(LOWEST, share * height);
    const x = bar * STEP;
    const y = (height - length) / 2;
    parts.push(`M${x} ${y.toFixed(1)}h${BAR}v${length.toFixed(1)}h-${BAR}z`);
  }
  return parts.join('');
}
