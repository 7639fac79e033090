import { DAY_MS } from '../../core/time.ts';
import { readTlsPair, tlsFilesOf } from '../../platform/tls.ts';
import { type Check, note, ok, problem, warning } from './check.ts';

/** The certificate of `http.tls`: whether it can be used, and for how long still. */
export const certificateCheck: Check = {
  title: 'HTTPS',
  run({ config, nowMs }) {
    try {
      const files = tlsFilesOf(config);
      if (!files) return [note('no certificate: Kinora speaks plain HTTP (http.tls), as behind a proxy')];
      const { names, validFromMs, validToMs } = readTlsPair(files);
      const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
      const text = `certificate for ${names}`;
      const todo = `Renew it: ${files.certificate}. A running Kinora takes the new one by itself.`;
      if (validToMs <= nowMs) return [problem(`${text} expired on ${day(validToMs)}`, todo)];
      if (validFromMs > nowMs) {
        return [problem(`${text} is not valid before ${day(validFromMs)}`, 'Set the clock, or wait for that day.')];
      }
      const days = Math.floor((validToMs - nowMs) / DAY_MS);
      const until = `${text} is valid until ${day(validToMs)}`;
      return [days < 14 ? warning(`${until}: ${days} days`, todo) : ok(until)];
    } catch (error) {
      return [problem((error as Error).message, 'Correct http.tls, or take it out of the configuration.')];
    }
  },
};
