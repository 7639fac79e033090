import type { StreamRendition } from '../source.ts';
import type { EncodePorts } from './encode-ports.ts';
import { type FillOptions, type FillRun, nextRun, partOf } from './fill-plan.ts';
import { fillRun, type RunEnd } from './fill-run.ts';

/** A fill that made nothing in this many runs is stuck on something. */
const FRUITLESS_RUNS = 5;
const LOOK_AGAIN_MS = 500;

/**
 * Fills what is missing of a source's encoded renditions: one ffmpeg that decodes a track once and encodes every rung.
 * What players had made on demand is left out; where a run meets a session of theirs, or is in its way, it ends and plans
 * anew. Where viewers need its slot alone it pauses, and loses nothing. Where there are workers they do it, each a part.
 */
export async function fillLadder(ports: EncodePorts, options: FillOptions): Promise<void> {
  // Sound beside the pictures: it is quick and there early, and one encoder of sound does not keep two cores busy.
  const kinds = Object.values(Object.groupBy(options.renditions, ({ spec }) => spec.kind));
  const failing = new AbortController();
  const signal = AbortSignal.any([options.signal, failing.signal]);
  const fills = kinds.map((renditions) =>
    fillTracks(ports, { ...options, signal }, renditions).catch((error) => {
      failing.abort(error);
      throw error;
    }),
  );
  await Promise.allSettled(fills);
  await Promise.all(fills);
}

/** Fills the renditions of some tracks: one run after the other here, several at once where there are workers. */
async function fillTracks(ports: EncodePorts, options: FillOptions, renditions: StreamRendition[]): Promise<void> {
  const { elsewhere, clock } = ports;
  const failing = new AbortController();
  const signal = AbortSignal.any([options.signal, failing.signal]);
  const runs = new Map<FillRun, Promise<void>>();
  let fruitless = 0;
  const failures: unknown[] = [];
  let hereOnly = elsewhere === null;
  const isHereOnly = () => hereOnly;

  function ended(end: RunEnd): void {
    if (end === 'unfit') {
      hereOnly = true;
      return;
    }
    // A run that was told to go has not failed.
    if (end !== 'interrupted') fruitless = end === 0 ? fruitless + 1 : 0;
    if (fruitless === FRUITLESS_RUNS) throw new Error('the encoder ends without making any segment');
  }

  function start(run: FillRun, where: 'here' | 'elsewhere'): void {
    const running = fillRun(ports, { ...options, signal, isHereOnly }, run, where)
      .then(ended)
      .catch((error) => {
        failures.push(error);
        failing.abort(error);
      })
      .finally(() => runs.delete(run));
    runs.set(run, running);
  }

  if (elsewhere) {
    // Workers may have gone on for a server that was here before, after it was looked at what is stored.
    await elsewhere.ready(options.source, options.signal);
    await Promise.all(renditions.map((rendition) => ports.store.refresh(rendition)));
  }
  const somethingEnds = () => Promise.race([...runs.values(), clock.sleep(LOOK_AGAIN_MS, signal).catch(() => {})]);
  for (;;) {
    if (failures.length > 0 || options.signal.aborted) {
      await Promise.all(runs.values());
      throw failures[0] ?? options.signal.reason;
    }
    const isElsewhere =
      runs.size === 0 ? !hereOnly && (await elsewhere!.ready(options.source, options.signal)) : !hereOnly;
    // Sound is quick, and each start of its encoder costs it a few frames: one at a time.
    const width = isElsewhere && renditions[0]!.spec.kind === 'video' ? Math.max(1, elsewhere!.slots()) : 1;
    if (runs.size >= width) {
      await (isElsewhere ? somethingEnds() : Promise.race(runs.values()));
      continue;
    }
    const run = await nextRun(ports, options.source, renditions, [...runs.keys()]);
    if (run === null && runs.size === 0) return;
    if (run === null || run === 'others') await somethingEnds();
    else start(isElsewhere ? partOf(run, width - runs.size, width) : run, isElsewhere ? 'elsewhere' : 'here');
  }
}
