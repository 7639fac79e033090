import { singleBinary } from './support/binary.ts';
import { forget, sizeOf } from './support/media.ts';
import { medianOf, type Row, told, under } from './support/rows.ts';
import {
  firstAnswer,
  type Server,
  startBareNode,
  startBinary,
  startKinora,
  temporaryFolder,
} from './support/server.ts';

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
    ...(await ofTheBinary(used.path, bare)),
  ];
}

/** The same of the single binary, which unpacks its native parts when it is started for the first time. */
async function ofTheBinary(dataDir: string, bare: number): Promise<Row[]> {
  const program = singleBinary();
  using unpacked = temporaryFolder();
  await timeToAnswer(startBinary(program, dataDir, unpacked.path), '/healthz');
  const again = await medianOf(RUNS, () => timeToAnswer(startBinary(program, dataDir, unpacked.path), '/healthz'));
  let isCold = true;
  const first = await medianOf(RUNS, async () => {
    using data = temporaryFolder();
    using cache = temporaryFolder();
    isCold = (await forget(program)) && isCold;
    return await timeToAnswer(startBinary(program, data.path, cache.path), '/healthz');
  });
  return [
    under('single binary: spawn to /healthz', again, 500, 'ms', bare),
    under(`single binary, ${isCold ? 'cold' : 'warm'}: the first start ever, which unpacks`, first, 500, 'ms', bare),
    told('single binary: its size, without ffmpeg', sizeOf(program) / 1e6, 'MB'),
  ];
}

async function timeToAnswer(starting: Promise<Server>, path: string): Promise<number> {
  const server = await starting;
  const ms = await firstAnswer(server, path);
  await server.stop();
  return ms;
}
