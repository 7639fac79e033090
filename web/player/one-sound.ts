import type Hls from 'hls.js';

interface Level {
  audioGroups?: (string | undefined)[] | undefined;
}

/**
 * The manifest lists every size once for each format of its sound. The browser plays some of these formats; which, hls.js has
 * found out. The server lists them in the order in which they are to be preferred: the first one stays.
 */
export function levelsToDrop(levels: readonly Level[], tracks: readonly { groupId: string }[]): number[] {
  const plays = (group: string) => levels.some(({ audioGroups }) => audioGroups?.includes(group));
  const kept = tracks.map(({ groupId }) => groupId).find(plays);
  if (kept === undefined) return [];
  return levels.flatMap(({ audioGroups }, index) => (audioGroups && !audioGroups.includes(kept) ? [index] : []));
}

/** Leaves each size once, before anything is loaded: a menu with every size twice would ask what nobody knows. */
export function keepOneSound(hls: Hls, { Events }: typeof Hls): void {
  hls.on(Events.MANIFEST_PARSED, (_, { levels, audioTracks }) => {
    for (const index of levelsToDrop(levels, audioTracks).toReversed()) hls.removeLevel(index);
  });
}
