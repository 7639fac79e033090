import { eq } from 'drizzle-orm';
import { bandwidthOf } from '../../media/manifest/bandwidth.ts';
import type { Rendition } from '../../media/types.ts';
import type { Tx } from '../../platform/db.ts';
import type { App } from '../../ports.ts';
import { boundariesOf, isMadeBySessions } from '../../streaming/source.ts';
import { renditions } from './schema.ts';
import type { VideoStream } from './streams.queries.ts';

/**
 * What a video's stored renditions weigh, now that all their segments are there. Until then manifests promise the ceiling
 * that the encoder was given, or an estimate.
 */
export async function weighEncoded(
  app: App,
  { source, renditions: all }: VideoStream,
): Promise<{ id: string; spec: Rendition }[]> {
  const weighed: { id: string; spec: Rendition }[] = [];
  for (const rendition of all.filter(({ spec }) => isMadeBySessions(spec))) {
    const boundariesUs = boundariesOf(source.timeline, rendition.spec.grid);
    const sizes = await app.streaming.store.segmentSizes(rendition);
    if (sizes.size < boundariesUs.length - 1) continue;
    const bandwidth = bandwidthOf(
      boundariesUs.slice(0, -1).map((_, n) => sizes.get(n) ?? 0),
      boundariesUs,
    );
    if (bandwidth) weighed.push({ id: rendition.id, spec: { ...rendition.spec, ...bandwidth } });
  }
  return weighed;
}

export function noteWeighed(tx: Tx, weighed: readonly { id: string; spec: Rendition }[]): void {
  for (const { id, spec } of weighed) tx.update(renditions).set({ spec }).where(eq(renditions.id, id)).run();
}
