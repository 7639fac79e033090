/**
 * Loudness by EBU R128 (ITU-R BS.1770): what a track measures, and by how much a player turns it up or down so that one
 * film is as loud as the next.
 */

export interface Loudness {
  /** Of the whole programme, gated: LUFS. */
  integratedLufs: number;
  /** The highest peak between the samples, in dBTP. */
  truePeakDb: number;
  /** How much quiet and loud parts differ: LU. */
  rangeLu: number;
}

/**
 * Reads the summaries of ffmpeg's `ebur128@tN` filters from its log (see `soundArgv`), by stream index. The filter may say a
 * first, empty one before it has heard anything: the last counts. Silence has no loudness and is left out.
 */
export function readLoudness(log: string): Record<number, Loudness> {
  const found: Record<number, Loudness> = {};
  for (const [, track, text] of log.matchAll(/\[ebur128@t(\d+) @ [^\]]*\] Summary:([\s\S]*?)(?=\n\[|$)/g)) {
    const value = (name: string) =>
      Number(new RegExp(`\\b${name}:\\s+(-?[\\d.]+) `).exec(text ?? '')?.[1] ?? Number.NaN);
    const [integratedLufs, truePeakDb, rangeLu] = [value('I'), value('Peak'), value('LRA')];
    // -70 LUFS is where the gate closes: nothing was heard.
    const heard = integratedLufs > -69.9 && integratedLufs < 20 && Number.isFinite(truePeakDb);
    if (heard) found[Number(track)] = { integratedLufs, truePeakDb, rangeLu: Number.isFinite(rangeLu) ? rangeLu : 0 };
  }
  return found;
}
