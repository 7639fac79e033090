import type { SourceFile } from './source-files.ts';

/** Every group of files that import each other in a circle, once each, shown as the shortest way round. */
export function cycles(files: SourceFile[]): string[] {
  const targets = new Map(
    files.filter((file) => !file.isTest).map((file) => [file.path, file.imports.flatMap(({ target }) => target ?? [])]),
  );
  const told = new Set<string>();
  const found: string[] = [];
  for (const start of targets.keys()) {
    if (told.has(start)) continue;
    const circle = shortestWayBack(start, targets);
    if (!circle) continue;
    for (const path of circle) told.add(path);
    found.push(`A circle of imports: ${[...circle, start].join(' -> ')}.`);
  }
  return found;
}

function shortestWayBack(start: string, targets: Map<string, string[]>): string[] | null {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
    for (const next of targets.get(path) ?? []) {
      if (next === start) return wayTo(path, start, cameFrom);
      if (cameFrom.has(next) || !targets.has(next)) continue;
      cameFrom.set(next, path);
      queue.push(next);
    }
  }
  return null;
}

function wayTo(end: string, start: string, cameFrom: Map<string, string>): string[] {
  const way: string[] = [];
  for (let at: string | undefined = end; at !== undefined && at !== start; at = cameFrom.get(at)) way.unshift(at);
  return [start, ...way];
}
