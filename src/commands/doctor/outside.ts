import type { ClientRequest, IncomingMessage } from 'node:http';
import { request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { WebSocket } from 'ws';
import { DAY_MS } from '../../core/time.ts';
import { ArrivalWire } from '../../features/live/api.ts';
import { askSelf } from '../ask-self.ts';
import { type Check, type Finding, note, ok, type Patient, warning } from './check.ts';

/** How people reach Kinora: what stands at `http.baseUrl`, and whether it hands on what Kinora needs. */

const TIMEOUT_MS = 8000;
/** What a part of an upload may have and nginx refuses unless told otherwise. None of it is sent. */
const LARGE_BYTES = 2 ** 30;
const SEE = 'See docs/reverse-proxies.md.';

export const outsideCheck: Check = {
  title: 'From outside',
  async run(patient) {
    const { config } = patient;
    const base = config.http.baseUrl.replace(/\/+$/, '');
    if (!base) return [note('http.baseUrl is not set: what people reach it by cannot be looked at')];
    const isRunning = await askSelf(config, '/healthz').then(
      ({ status }) => status === 200,
      () => false,
    );
    if (!isRunning) return [note(`Kinora does not run: ${base} is not looked at`)];
    const front = await frontFindings(base, patient);
    if (front.isBroken) return front.findings;
    const arrival = await askArrival(base);
    const rest = typeof arrival === 'string' ? [noWebSockets(arrival)] : arrivalFindings(base, arrival, patient);
    return [...front.findings, ...rest, await largeBodies(base)];
  },
};

/** Whether Kinora answers there, and by which certificate. */
async function frontFindings(base: string, { nowMs }: Patient): Promise<{ findings: Finding[]; isBroken: boolean }> {
  const broken = (text: string, todo: string) => ({ findings: [warning(text, todo)], isBroken: true });
  try {
    const { status, text, certificate } = await ask(`${base}/api/instance`);
    if (status !== 200 || !text.includes('"version"')) {
      const todo = `Let the proxy hand on to Kinora what is below this address. ${SEE}`;
      return broken(`${base} answers ${status}, and not as Kinora does`, todo);
    }
    const findings = [ok(`${base} is answered by Kinora`), ...certificateFindings(certificate, nowMs)];
    return { findings, isBroken: false };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const todo =
      code === 'ENOTFOUND' || code === 'EAI_AGAIN'
        ? 'Let its name point here (DNS), or correct http.baseUrl.'
        : 'Start the proxy, or correct http.baseUrl. Some routers let nobody inside reach their own outer address: then ask from elsewhere.';
    return broken(`${base} cannot be reached from here: ${code ?? message}`, todo);
  }
}

interface Certificate {
  validToMs: number;
  /** Why this machine does not trust it; null where it does. */
  distrust: string | null;
}

function certificateFindings(certificate: Certificate | null, nowMs: number): Finding[] {
  if (!certificate) return [];
  const until = new Date(certificate.validToMs).toISOString().slice(0, 10);
  const renew = 'Renew it, or look why the proxy does not.';
  if (certificate.validToMs <= nowMs) return [warning(`its certificate expired on ${until}`, renew)];
  const days = Math.floor((certificate.validToMs - nowMs) / DAY_MS);
  if (days < 14) return [warning(`its certificate is valid until ${until}: ${days} days`, renew)];
  if (certificate.distrust === null) return [ok(`its certificate is valid until ${until}`)];
  const todo =
    'Browsers that do not know who signed it warn of it: take one of a public authority, or let them trust yours.';
  return [warning(`its certificate is not trusted here: ${certificate.distrust}`, todo)];
}

function arrivalFindings(base: string, arrival: ArrivalWire, { config }: Patient): Finding[] {
  const { host, protocol, port } = new URL(base);
  const own = config.http.tls.certificate ? 'https:' : 'http:';
  const isDirect = Number(port || (protocol === 'https:' ? 443 : 80)) === config.http.port && protocol === own;
  const findings = [ok('WebSockets pass')];
  if (arrival.host !== host && arrival.forwardedHost !== host) {
    const todo = `Let the proxy hand on Host (nginx: proxy_set_header Host $host). ${SEE}`;
    findings.push(warning(`Host arrives as "${arrival.host}", not as "${host}": sign-in may be refused`, todo));
  }
  if (!arrival.forwardedFor) {
    if (isDirect) return [...findings, ok('is reached without a proxy')];
    const todo = `Let the proxy send it (nginx: proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for). ${SEE}`;
    return [...findings, warning('X-Forwarded-For does not arrive: everybody has the address of the proxy', todo)];
  }
  if (!arrival.trusted) {
    const todo = 'Add the address of the proxy to http.trustedProxies: 127.0.0.1 where it runs on this machine.';
    return [...findings, warning('what the proxy says of people is not believed: everybody has its address', todo)];
  }
  findings.push(ok(`the proxy is believed: you come from ${arrival.address}`));
  if (protocol === 'https:' && arrival.forwardedProto !== 'https') {
    const todo = `Let the proxy send it (nginx: proxy_set_header X-Forwarded-Proto $scheme). ${SEE}`;
    findings.push(warning('X-Forwarded-Proto does not arrive as "https"', todo));
  }
  return findings;
}

const noWebSockets = (reason: string) =>
  warning(
    `WebSockets do not pass (${reason}): pages show progress only when they are loaded again`,
    `Let the proxy hand on Upgrade and Connection below /ws/. ${SEE}`,
  );

/** What Kinora says of a WebSocket by this address, or why there is none. */
function askArrival(base: string): Promise<ArrivalWire | string> {
  return new Promise((resolve) => {
    const options = { handshakeTimeout: TIMEOUT_MS, rejectUnauthorized: false };
    const socket = new WebSocket(`${base.replace(/^http/, 'ws')}/ws/arrival/`, options);
    const timer = setTimeout(() => socket.terminate(), TIMEOUT_MS);
    let said: ArrivalWire | string = 'the connection was closed';
    socket.on('message', (data) => {
      said = readArrival(data.toString());
    });
    socket.on('error', (error) => (said = error.message));
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(said);
    });
  });
}

function readArrival(text: string): ArrivalWire | string {
  try {
    return ArrivalWire.parse(JSON.parse(text));
  } catch {
    return 'another program answered';
  }
}

/** Announces a large body and waits to be told to send it (RFC 9110, 10.1.1): a proxy that refuses says so at once. */
async function largeBodies(base: string): Promise<Finding> {
  const headers = { Expect: '100-continue', 'Content-Length': String(LARGE_BYTES) };
  const { status } = await ask(`${base}/api/uploads`, { method: 'POST', headers }).catch(() => ({ status: 0 }));
  if (status !== 413) return ok('large uploads pass');
  const todo = `Lift the limit (nginx: client_max_body_size 0). ${SEE}`;
  return warning('the proxy refuses large uploads', todo);
}

interface Reply {
  /** 100 where the body was asked for. */
  status: number;
  text: string;
  certificate: Certificate | null;
}

function ask(url: string, init: { method?: string; headers?: Record<string, string> } = {}): Promise<Reply> {
  const send = url.startsWith('https:') ? requestSecure : requestPlain;
  return new Promise((resolve, reject) => {
    const options = {
      ...init,
      rejectUnauthorized: false,
      agent: false as const,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    };
    const asked: ClientRequest = send(url, options, async (reply) => {
      try {
        const certificate = certificateOf(reply);
        let text = '';
        if (init.method === undefined) for await (const chunk of reply) text += chunk;
        resolve({ status: reply.statusCode!, text, certificate });
      } catch (error) {
        reject(error);
      } finally {
        asked.destroy();
      }
    });
    asked.once('continue', () => {
      resolve({ status: 100, text: '', certificate: null });
      asked.destroy();
    });
    asked.once('error', reject);
    if (init.method === undefined) asked.end();
    else asked.flushHeaders();
  });
}

function certificateOf({ socket }: IncomingMessage): Certificate | null {
  const secure = socket as Partial<TLSSocket>;
  const validTo = secure.getPeerCertificate?.().valid_to;
  if (!validTo) return null;
  const { authorized, authorizationError } = secure;
  return { validToMs: Date.parse(validTo), distrust: authorized ? null : String(authorizationError) };
}
