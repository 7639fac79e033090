/** Waveforms: how loud sound alone is along its length, few enough numbers to draw and to send. */

export const WAVEFORM_RATE = 8000;
export const WAVEFORM_PEAKS = 1200;

/** What `waveform.json` holds. */
export interface Waveform {
  version: 1;
  /** The highest amplitude in each equal part of the length: 0 to 255. */
  peaks: number[];
}

/**
 * Collects the peaks of signed 16-bit little-endian mono samples as they come. `add` takes pieces cut anywhere;
 * `end` gives `WAVEFORM_PEAKS` numbers. Sound that is shorter than promised leaves silence, what is longer is left out.
 */
export function collectPeaks(durationSec: number): { add(piece: Uint8Array): void; end(): Waveform } {
  const total = Math.max(1, Math.round(durationSec * WAVEFORM_RATE));
  const peaks = new Uint16Array(WAVEFORM_PEAKS);
  let sample = 0;
  let odd: number | null = null;
  const hear = (low: number, high: number) => {
    const value = Math.abs(((high << 24) >> 16) | low);
    const part = Math.floor((sample++ * WAVEFORM_PEAKS) / total);
    if (part < WAVEFORM_PEAKS && value > peaks[part]!) peaks[part] = value;
  };
  return {
    add(piece) {
      let at = 0;
      if (odd !== null && piece.length > 0) {
        hear(odd, piece[at++]!);
        odd = null;
      }
      for (; at + 1 < piece.length; at += 2) hear(piece[at]!, piece[at + 1]!);
      if (at < piece.length) odd = piece[at]!;
    },
    end: () => ({
      version: 1,
      peaks: Array.from(filled(peaks, total), (peak) => Math.min(255, Math.round(peak / 128))),
    }),
  };
}

/** Sound of a fraction of a second has fewer samples than peaks: the ones between take their neighbour's. */
function filled(peaks: Uint16Array, total: number): Uint16Array {
  if (total >= peaks.length) return peaks;
  return peaks.map(
    (_, part) => peaks[Math.ceil((Math.floor((part * total) / peaks.length) * peaks.length) / total)] ?? 0,
  );
}
