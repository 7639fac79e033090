import { type Row, under } from './support/rows.ts';
import { firstAnswer, residentMb, type Server, startBareNode, startKinora, temporaryFolder } from './support/server.ts';

export const name = 'idle-memory';

const SETTLE_MS = 10_000;

/** Resident memory ten seconds after the first answer. Linux alone. */
export async function run(): Promise<Row[]> {
  using folder = temporaryFolder();
  const kinora = await startKinora(folder.path);
  const bare = await startBareNode();
  try {
    await firstAnswer(kinora, '/readyz');
    await firstAnswer(bare, '/');
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const [ours, peer] = [kinora, bare].map((server: Server) => residentMb(server.pid));
    return [under('resident memory, idle; peer: a bare Node server', ours ?? 0, 150, 'MB', peer ?? null)];
  } finally {
    await Promise.all([kinora.stop(), bare.stop()]);
  }
}
