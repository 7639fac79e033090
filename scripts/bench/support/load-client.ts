/**
 * A load generator of its own process, forked by `load.ts`: keeps connections open and asks on each for the next path as
 * soon as it has the answer, through one small buffer that all share, so that it costs less than any server it measures.
 */
import { connect } from 'node:net';
import type { LoadOrder, LoadResult } from './load.ts';

const CRLF2 = Buffer.from('\r\n\r\n');

function run(order: LoadOrder): Promise<LoadResult> {
  const { port, paths, connections, seconds, warmUpSeconds } = order;
  const shared = Buffer.allocUnsafe(256 * 1024);
  const latenciesMs: number[] = [];
  let next = 0;
  let bytes = 0;
  let measuring = false;
  let ended = false;

  return new Promise((resolve, reject) => {
    const sockets = Array.from({ length: connections }, () => {
      let left = 0;
      let head = '';
      let askedAt = 0;
      const ask = () => {
        askedAt = performance.now();
        socket.write(`GET ${paths[next++ % paths.length]} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
      };
      const take = (length: number): boolean => {
        let body = length;
        if (left === 0) {
          const end = shared.subarray(0, length).indexOf(CRLF2);
          head += shared.toString('latin1', 0, end < 0 ? length : end);
          if (end < 0) return true;
          const size = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
          if (!head.startsWith('HTTP/1.1 200') || !size) return fail(new Error(`An answer began: ${head}`));
          left = Number(size);
          head = '';
          body = length - end - CRLF2.length;
        }
        left -= body;
        if (measuring) bytes += body;
        if (left > 0) return true;
        if (left < 0) return fail(new Error('An answer was longer than its Content-Length.'));
        if (measuring) latenciesMs.push(performance.now() - askedAt);
        if (!ended) ask();
        return true;
      };
      const socket = connect({ port, host: '127.0.0.1', onread: { buffer: shared, callback: take } }, ask);
      socket.setNoDelay(true);
      socket.on('error', fail);
      socket.on('close', () => ended || fail(new Error('The server closed a connection.')));
      return socket;
    });

    function fail(error: Error): false {
      ended = true;
      for (const socket of sockets) socket.destroy();
      reject(error);
      return false;
    }

    setTimeout(() => {
      measuring = true;
      const startedAt = performance.now();
      const cpu = process.cpuUsage();
      setTimeout(() => {
        measuring = false;
        ended = true;
        const tookSeconds = (performance.now() - startedAt) / 1000;
        const { user, system } = process.cpuUsage(cpu);
        for (const socket of sockets) socket.destroy();
        latenciesMs.sort((a, b) => a - b);
        resolve({
          bytesPerSecond: bytes / tookSeconds,
          answers: latenciesMs.length,
          p99Ms: latenciesMs[Math.floor(latenciesMs.length * 0.99)] ?? Number.NaN,
          clientCpu: (user + system) / 1e6 / tookSeconds,
        });
      }, seconds * 1000);
    }, warmUpSeconds * 1000);
  });
}

process.on('message', (order: LoadOrder) => {
  run(order).then(
    (result) => process.send?.({ result }),
    (error: Error) => process.send?.({ error: error.message }),
  );
});
