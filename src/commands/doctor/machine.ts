import { createServer } from 'node:net';
import { readMachine } from '../../platform/machine.ts';
import { VERSION } from '../../version.ts';
import { askSelf } from '../ask-self.ts';
import { type Check, type Finding, ok, type Patient, problem, warning } from './check.ts';

/** The machine itself: what it lets us use, and the port. */

export const limitsCheck: Check = {
  title: 'Machine',
  run() {
    const { cores, memoryBytes } = readMachine();
    const text = `${Math.round(cores * 10) / 10} ${cores === 1 ? 'processor' : 'processors'} and ${gigabytes(memoryBytes)} of memory may be used`;
    const todo = 'Give it more: encoding a film for somebody who watches takes about two processors and 1 GB.';
    return [cores < 2 || memoryBytes < 1e9 ? warning(text, todo) : ok(text)];
  },
};

export const portCheck: Check = {
  title: 'Port',
  async run({ config }) {
    const { host, port } = config.http;
    if (port === 0) return [ok('any free port is taken')];
    const busy = await bindError(host, port);
    if (busy === null) return [ok(`${port} is free`)];
    if (busy === 'EADDRINUSE') return [await whoListens(config)];
    const reasons: Record<string, [string, string]> = {
      EACCES: [`${port} may not be used by this user`, 'Choose one above 1023: http.port.'],
      EADDRNOTAVAIL: [`this machine has no address ${host}`, 'Set http.host to one it has, or to 0.0.0.0.'],
    };
    const [text, todo] = reasons[busy] ?? [`${host}:${port} cannot be used: ${busy}`, 'Choose another: http.port.'];
    return [problem(text, todo)];
  },
};

function bindError(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(port, host, () => server.close(() => resolve(null)));
  });
}

async function whoListens(config: Patient['config']): Promise<Finding> {
  const { http } = config;
  try {
    const { text: body } = await askSelf(config, '/api/instance');
    const { name, version } = JSON.parse(body) as { name?: string; version?: string };
    if (typeof version === 'string' && typeof name === 'string') {
      const text = `${http.port} is used by a running Kinora ${version} ("${name}")`;
      return version === VERSION
        ? ok(text)
        : warning(text, `This is ${VERSION}: start the server again after an update.`);
    }
  } catch {
    // Not Kinora, or not one that answers.
  }
  return problem(`${http.port} is used by another program`, 'Stop that, or choose another: http.port.');
}

export function gigabytes(bytes: number): string {
  return bytes >= 1e12 ? `${(bytes / 1e12).toFixed(1)} TB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
