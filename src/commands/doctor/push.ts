import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { pushKeys, pushSubscriptions } from '../../features/push/schema.ts';
import { openReadOnly } from '../../platform/db.ts';
import { arePushKeys, type PushKeys } from '../../platform/push.ts';
import { type Check, type Finding, note, ok, type Patient, warning } from './check.ts';

/** Whether devices can be told: our keys, HTTPS, and the services of the browsers that subscribed. Nobody else's is asked. */
export const pushCheck: Check = {
  title: 'Push',
  async run(patient) {
    const { keys, endpoints } = readPush(patient);
    const devices = endpoints.length === 1 ? 'one device is' : `${endpoints.length} devices are`;
    if (!keys || endpoints.length === 0) return [note('no device is told of anything yet'), ...httpsFindings(patient)];
    if (!arePushKeys(keys)) {
      const todo = 'Put back a backup, or switch notices off and on again on each device.';
      return [warning('its keys do not belong together: no push service takes a message', todo)];
    }
    const hosts = [...new Set(endpoints.map((endpoint) => new URL(endpoint).host))];
    return [ok(`${devices} told`), ...httpsFindings(patient), ...(await Promise.all(hosts.map(reachFinding)))];
  },
};

function readPush({ dataFolder }: Patient): { keys: PushKeys | null; endpoints: string[] } {
  const path = join(dataFolder, 'kinora.db');
  if (!existsSync(path)) return { keys: null, endpoints: [] };
  const { orm, close } = openReadOnly(path);
  try {
    const keys = orm.select().from(pushKeys).get() ?? null;
    const rows = orm.select({ endpoint: pushSubscriptions.endpoint }).from(pushSubscriptions).all();
    return { keys, endpoints: rows.map(({ endpoint }) => endpoint) };
  } catch (error) {
    // A database from before there was any of it.
    if ((error as Error).message.includes('no such table')) return { keys: null, endpoints: [] };
    throw error;
  } finally {
    close();
  }
}

function httpsFindings({ config }: Patient): Finding[] {
  const { baseUrl } = config.http;
  if (baseUrl.startsWith('https:')) return [];
  const todo = 'Reach Kinora by HTTPS (docs/https.md) and set http.baseUrl.';
  if (baseUrl === '') return [note('http.baseUrl is not set: browsers let only sites with HTTPS tell anything', todo)];
  return [warning(`${baseUrl} is without HTTPS: browsers let such sites tell nothing`, todo)];
}

const PATIENCE_MS = 4000;

/** A note where it is not: a device is told of nothing, and all else works. */
function reachFinding(host: string): Promise<Finding> {
  const [name = '', port = '443'] = host.split(':');
  const todo = 'Let this machine connect to it, by firewall and DNS.';
  return new Promise((resolve) => {
    const socket = connect({ host: name, port: Number(port), servername: name, rejectUnauthorized: false });
    const end = (finding: Finding) => {
      socket.destroy();
      resolve(finding);
    };
    socket.setTimeout(PATIENCE_MS, () => end(note(`the push service ${host} does not answer`, todo)));
    socket.once('secureConnect', () => end(ok(`the push service ${host} can be reached`)));
    socket.once('error', ({ message }) => end(note(`the push service ${host} cannot be reached: ${message}`, todo)));
  });
}
