import { Hono } from 'hono';
import { access } from '../../http/access.ts';
import type { HttpEnv } from '../../http/env.ts';
import type { App } from '../../ports.ts';
import { OverviewWire, PlayingList } from './api.ts';
import { listPlaying } from './playing.queries.ts';
import { readOverview } from './queries.ts';

export function overviewRoutes(app: App) {
  return new Hono<HttpEnv>()
    .get(
      '/api/overview',
      access('admin', {
        summary: 'How the instance is: health, storage, disk',
        description: 'What files take is counted in the background, not when this is asked.',
        returns: { 200: OverviewWire },
      }),
      async (c) => c.json(await readOverview(app), 200),
    )
    .get(
      '/api/overview/playing',
      access('admin', {
        summary: 'Who watches what now, and why it is copied or encoded',
        description: 'From the segments that are asked for: who has asked for none for a while is not listed any more.',
        returns: { 200: PlayingList },
      }),
      (c) => c.json({ items: listPlaying(app) }, 200),
    );
}
