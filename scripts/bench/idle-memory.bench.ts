import { singleBinary } from './support/binary.ts';
import { type Row, told, under } from './support/rows.ts';
import {
  firstAnswer,
  residentMb,
  type Server,
  startBareNode,
  startBinary,
  startKinora,
  temporaryFolder,
} from './support/server.ts';

export const name = 'idle-memory';

const SETTLE_MS = 10_000;

/** Resident memory ten seconds after the first answer. Linux alone. */
export async function run(): Promise<Row[]> {
  using folder = temporaryFolder();
  using other = temporaryFolder();
  using unpacked = temporaryFolder();
  const kinora = await startKinora(folder.path);
  const binary = await startBinary(singleBinary(), other.path, unpacked.path);
  const bare = await startBareNode();
  try {
    await firstAnswer(kinora, '/readyz');
    await firstAnswer(binary, '/readyz');
    await firstAnswer(bare, '/');
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const of = (server: Server) => residentMb(server.pid);
    const [ours, single, peer] = [of(kinora), of(binary), of(bare)];
    return [
      under('resident memory, idle; peer: a bare Node server', ours.all, 150, 'MB', peer.all),
      told('of which not pages of files', ours.anonymous, 'MB', peer.anonymous),
      under('the same of the single binary, at its first start', single.all, 150, 'MB', peer.all),
      told('of which not pages of files', single.anonymous, 'MB', peer.anonymous),
    ];
  } finally {
    await Promise.all([kinora.stop(), binary.stop(), bare.stop()]);
  }
}
