import type { Import, SourceFile } from './source-files.ts';

/**
 * Which file may import which: main -> app -> lists -> features -> streaming -> platform -> media -> core, with `http`
 * for routes alone. docs/architecture.md tells why.
 */
const LISTS = ['api', 'jobs', 'reactions', 'schedule', 'schema'];

/** The layers below each layer, itself included. `ports` is src/ports.ts, the type of what services get. */
const BELOW: Record<string, string[]> = {
  core: ['core'],
  media: ['media', 'core'],
  platform: ['platform', 'media', 'core'],
  streaming: ['streaming', 'platform', 'media', 'core'],
  ports: ['streaming', 'platform', 'media', 'core'],
  http: ['http', 'ports', 'platform', 'core'],
  features: ['features', 'ports', 'streaming', 'platform', 'media', 'core'],
  lists: ['features', 'ports', 'streaming', 'platform', 'media', 'core'],
  app: ['app', 'lists', 'http', 'features', 'ports', 'streaming', 'platform', 'media', 'core'],
  main: ['main', 'app', 'lists', 'http', 'features', 'ports', 'streaming', 'platform', 'media', 'core'],
};

/** What another feature may touch: these, and files whose names end in one of them, such as `streams.queries.ts`. */
const FEATURE_DOORS = ['service', 'queries', 'schema', 'api', 'problems'];
/** Who is looking: every feature asks that of accounts. */
const VIEWER = 'src/features/accounts/viewer.ts';
/** What `http` needs to turn a session into a viewer. */
const VIEWER_DOORS = ['service', 'queries', 'schema', 'api', 'viewer'];

/** The layer of a file below src/, or null where it has none. */
function layerOf(path: string): string | null {
  const [, first = '', rest] = /^src\/([^/]+)(\/.+)?$/.exec(path) ?? [];
  if (rest !== undefined) return first === 'commands' ? 'main' : first in BELOW ? first : null;
  const name = first.replace(/\.ts$/, '');
  if (LISTS.includes(name)) return 'lists';
  if (name === 'version') return 'core';
  // Where the single binary begins, before main.
  if (name === 'binary') return 'main';
  // What `app` is to the server: builds the ports, starts and stops them.
  if (name === 'worker') return 'app';
  return ['main', 'app', 'ports'].includes(name) ? name : null;
}

/** Every broken arrow, as a sentence each. Tests may import what they like. */
export function brokenArrows(files: SourceFile[]): string[] {
  return files
    .filter((file) => !file.isTest)
    .flatMap((file) => {
      const own = layerOf(file.path);
      if (file.path.startsWith('src/') && own === null) {
        return [`${file.path} belongs to no layer; see scripts/boundaries/arrows.ts.`];
      }
      return file.imports.flatMap((to) => {
        const why = reason(file.path, own, to);
        return why === null ? [] : [`${file.path} imports ${to.target ?? to.specifier}: ${why}.`];
      });
    });
}

function reason(from: string, own: string | null, to: Import): string | null {
  if (to.target === null) return packageReason(from, to.specifier);
  if (to.target.startsWith('test/') || /\.(?:test|contract)\.ts$/.test(to.target)) return 'only tests import tests';
  if (from.startsWith('web/')) return webReason(to);
  if (!from.startsWith('src/')) return null;
  if (!to.target.startsWith('src/')) return to.target === 'package.json' ? null : 'src imports nothing outside of src';
  return sourceReason(from, own ?? '', to);
}

function packageReason(from: string, specifier: string): string | null {
  if (specifier === 'vitest' || specifier.startsWith('vitest/')) {
    return from.endsWith('vitest.config.ts') ? null : 'only tests import vitest';
  }
  if (/^src\/features\/[^/]+\/(?:[^/]+\.)?api\.ts$/.test(from) && specifier !== 'zod') {
    return 'api.ts runs in the browser too, and has zod alone';
  }
  return null;
}

function webReason({ target, typeOnly }: Import): string | null {
  const path = target ?? '';
  if (!path.startsWith('src/')) return path.startsWith('web/') ? null : 'web imports from web and from src';
  if (/^src\/(?:features\/[^/]+\/(?:[^/]+\.)?api|core\/wire)\.ts$/.test(path)) return null;
  if (isRoutes(path)) return typeOnly ? null : 'web takes only types from routes';
  return 'web imports only api.ts, core/wire.ts and the types of routes.ts';
}

function isRoutes(path: string): boolean {
  return /^src\/features\/[^/]+\/(?:[\w-]+\.)?routes\.ts$/.test(path);
}

function sourceReason(from: string, own: string, to: Import): string | null {
  const path = to.target ?? '';
  const theirs = layerOf(path);
  const feature = featureOf(path);
  if (/^src\/features\/[^/]+\/(?:[^/]+\.)?api\.ts$/.test(from)) {
    const allowed = path === 'src/core/wire.ts' || /^src\/features\/[^/]+\/api\.ts$/.test(path);
    return allowed ? null : 'api.ts imports only core/wire.ts and other api.ts';
  }
  if (theirs === 'http' && own !== 'http' && own !== 'app' && own !== 'main') {
    return isRoutes(from) || from === 'src/api.ts' ? null : 'http is for routes alone';
  }
  if (own === 'http' && theirs === 'features') {
    const ok = feature?.name === 'accounts' && VIEWER_DOORS.includes(feature.door);
    return ok ? null : 'http knows accounts alone, for the viewer';
  }
  if (!(BELOW[own] ?? []).includes(theirs ?? '')) return `${own} is below ${theirs ?? 'nothing'}`;
  if (own === 'features' && path !== VIEWER && feature && feature.name !== featureOf(from)?.name) {
    return FEATURE_DOORS.includes(feature.door) ? null : `another feature touches only ${FEATURE_DOORS.join(', ')}`;
  }
  return null;
}

/** The feature a file is in, and its name without ".ts". */
function featureOf(path: string): { name: string; door: string } | null {
  const [, name, door] = /^src\/features\/([^/]+)\/(?:[\w-]+\.)?([\w-]+)\.ts$/.exec(path) ?? [];
  return name && door ? { name, door } : null;
}
