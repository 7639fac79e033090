import { get as getPlain } from 'node:http';
import { get as getSecure } from 'node:https';
import type { Config } from '../platform/config/schema.ts';

/**
 * Asks the Kinora that runs with this configuration, on this machine: on its port, by HTTPS where it has a certificate,
 * whoever has signed that and for whatever name. It answers without its sub-path, too. Throws where nothing does in time.
 */
export function askSelf(config: Config, path: string, timeoutMs = 5000): Promise<{ status: number; text: string }> {
  const { host, port, tls } = config.http;
  const local = { '0.0.0.0': '127.0.0.1', '::': '::1', '': '127.0.0.1' }[host] ?? host;
  const [get, scheme] = tls.certificate ? [getSecure, 'https'] : [getPlain, 'http'];
  const url = `${scheme}://${local.includes(':') ? `[${local}]` : local}:${port}${path}`;
  return new Promise((resolve, reject) => {
    const options = { rejectUnauthorized: false, agent: false as const, signal: AbortSignal.timeout(timeoutMs) };
    const asked = get(url, options, async (reply) => {
      try {
        let text = '';
        for await (const chunk of reply) text += chunk;
        resolve({ status: reply.statusCode!, text });
      } catch (error) {
        reject(error);
      }
    });
    asked.once('error', reject);
  });
}
