import { createHash, timingSafeEqual } from 'node:crypto';
import { defineProblem, notFound } from '../../core/problem.ts';
import type { Config } from '../../platform/config/schema.ts';
import { isAmong } from '../../platform/networks.ts';

const metricsNotAllowed = defineProblem('metrics-not-allowed', 403);
const wrongMetricsToken = defineProblem('wrong-metrics-token', 401);

/**
 * Numbers tell how many watch, and when: only near addresses and bearers of the token get them. `address` is null where it
 * is not sure. Throws `not-found` where metrics are off, `wrong-metrics-token` (401) and `metrics-not-allowed` (403).
 */
export function checkMetricsAccess(
  { enabled, networks, token }: Config['metrics'],
  address: string | null,
  authorization: string | undefined,
): void {
  if (!enabled) throw notFound('Metrics are switched off (metrics.enabled).');
  const given = /^Bearer\s+(.+)$/i.exec(authorization ?? '')?.[1];
  if (token !== undefined && given !== undefined && isSame(given, token)) return;
  if (address !== null && isAmong(address, networks)) return;
  if (token !== undefined) {
    const detail =
      'Send the token of metrics.token as "Authorization: Bearer ...", or ask from an address of metrics.networks.';
    throw wrongMetricsToken(detail, { headers: { 'WWW-Authenticate': 'Bearer realm="metrics"' } });
  }
  throw metricsNotAllowed(
    address === null
      ? 'This came through a proxy that is not in http.trustedProxies, so it is not known who asks. Add it there, or set metrics.token.'
      : `Metrics are for near addresses, and ${address} is not in metrics.networks. Add it there, or set metrics.token.`,
  );
}

/** Compares in a time that tells nothing of where they differ, also of their lengths. */
function isSame(given: string, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}
