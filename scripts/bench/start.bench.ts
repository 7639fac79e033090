import { medianOf, type Row, under } from './support/rows.ts';
import { firstAnswer, type Server, startBareNode, startKinora, temporaryFolder } from './support/server.ts';

export const name = 'start';

const RUNS = 7;

/** From the spawn of the process to its first answers. */
export async function run(): Promise<Row[]> {
  using used = temporaryFolder();
  await timeToAnswer(startKinora(used.path), '/healthz');
  const bare = await medianOf(RUNS, () => timeToAnswer(startBareNode(), '/'));
  const health = await medianOf(RUNS, () => timeToAnswer(startKinora(used.path), '/healthz'));
  const page = await medianOf(RUNS, () => timeToAnswer(startKinora(used.path), '/'));
  const first = await medianOf(RUNS, async () => {
    using empty = temporaryFolder();
    return await timeToAnswer(startKinora(empty.path), '/healthz');
  });
  return [
    under('spawn to /healthz; peer: a bare Node server', health, 500, 'ms', bare),
    under('spawn to the first page', page, 500, 'ms', bare),
    under('spawn to /healthz, empty data folder', first, 500, 'ms', bare),
  ];
}

async function timeToAnswer(starting: Promise<Server>, path: string): Promise<number> {
  const server = await starting;
  const ms = await firstAnswer(server, path);
  await server.stop();
  return ms;
}
