import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a reverse proxy in front of Kinora may do wrong. */
export interface ProxyFaults {
  /** Does not hand on `Upgrade`. */
  noUpgrade?: boolean;
  /** Says `Host` is where it sends to. */
  ownHost?: boolean;
  /** Does not say whom it speaks for. */
  noForwardedFor?: boolean;
  /** The largest body it takes; nginx says 1 MB unless told otherwise. */
  maxBytes?: number;
}

export interface ReverseProxy {
  url: string;
  faults: ProxyFaults;
  close(): void;
}

/** A small reverse proxy on a port of the loopback, whose faults can be changed while it runs. */
export async function startProxy(target: string): Promise<ReverseProxy> {
  const { hostname, port, host } = new URL(target);
  const proxy: ReverseProxy = { url: '', faults: {}, close: () => server.close() };
  const forward = ({ method, url, headers, socket }: IncomingMessage) => {
    const { noForwardedFor, ownHost } = proxy.faults;
    const sent = { ...headers, ...(ownHost ? { host } : {}) };
    if (!noForwardedFor) Object.assign(sent, { 'x-forwarded-for': socket.remoteAddress, 'x-forwarded-proto': 'http' });
    return request({ hostname, port, path: url, method, headers: sent, agent: false });
  };
  const server = createServer((incoming, outgoing) => {
    const upstream = forward(incoming);
    upstream.on('response', (reply) => {
      outgoing.writeHead(reply.statusCode!, reply.headers);
      reply.pipe(outgoing);
    });
    upstream.on('error', () => outgoing.destroy());
    incoming.pipe(upstream);
  });
  server.on('checkContinue', (incoming, outgoing) => {
    const isTooLarge = Number(incoming.headers['content-length']) > (proxy.faults.maxBytes ?? Number.POSITIVE_INFINITY);
    if (isTooLarge) outgoing.writeHead(413).end();
    else outgoing.writeContinue();
  });
  server.on('upgrade', (incoming, socket, head) => {
    if (proxy.faults.noUpgrade) {
      delete incoming.headers.upgrade;
      delete incoming.headers.connection;
    }
    const upstream = forward(incoming);
    upstream.on('upgrade', (reply, other, first) => {
      const lines = Object.entries(reply.headers).map(([name, value]) => `${name}: ${value}`);
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`);
      socket.write(first);
      other.pipe(socket).pipe(other);
      other.on('error', () => socket.destroy());
      socket.on('error', () => other.destroy());
    });
    upstream.on('response', (reply) => socket.end(`HTTP/1.1 ${reply.statusCode} Refused\r\n\r\n`));
    upstream.end(head);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  proxy.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return proxy;
}
