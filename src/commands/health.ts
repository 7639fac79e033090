import type { ConfigFlags } from '../platform/config/load.ts';
import { askSelf } from './ask-self.ts';
import { loadedFor } from './options.ts';

/** `kinora health`: exit code 0 when the running server answers, 1 with a sentence when it does not. For containers. */
export async function health(flags: ConfigFlags): Promise<void> {
  const { config } = loadedFor(flags);
  const { status, text } = await askSelf(config, '/healthz').catch((error: Error) => {
    throw new Error(`Kinora does not answer on port ${config.http.port}: ${error.message || 'nothing listens there'}.`);
  });
  // Another program's page is a 200, too.
  if (status !== 200 || !text.includes('"ok"')) {
    throw new Error(`What answers on port ${config.http.port} is not well, or not Kinora: status ${status}.`);
  }
  process.stdout.write('Kinora answers.\n');
}
