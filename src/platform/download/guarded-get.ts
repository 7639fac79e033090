import { lookup } from 'node:dns/promises';
import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { isIP, type LookupFunction, type Socket } from 'node:net';
import { SECOND_MS } from '../../core/time.ts';
import { VERSION } from '../../version.ts';
import { explainFailure, hopeless, passing } from './failure.ts';

/**
 * GET over HTTP, for links that strangers paste. Every address a name resolves to is looked at before anything is sent, the
 * connection goes to exactly those addresses (a name that is resolved again may have got another meaning: DNS rebinding), and
 * every redirect is a new link. Ports are not looked at: what is public is reachable on all of them for everybody.
 * Nothing is sent through a proxy, which would do its own looking up.
 */
export interface GetOptions {
  headers: Record<string, string>;
  /** Whether a connection may be made to this address. */
  mayConnect: (address: string) => boolean;
  signal: AbortSignal;
  /** How long a connection may take to come about; 20 s unless given. */
  connectMs?: number;
  /** How long the server may think about its answer; 60 s unless given. */
  answerMs?: number;
}

export interface GotReply {
  /** Where the redirects led. */
  url: URL;
  status: number;
  headers: IncomingHttpHeaders;
  /** Read it to its end or destroy it. */
  body: IncomingMessage;
}

/** As curl allows. */
const MOST_REDIRECTS = 10;
const REDIRECTS = [301, 302, 303, 307, 308];

/** Throws a `DownloadFailure`, or the signal's reason. */
export async function guardedGet(link: URL, options: GetOptions): Promise<GotReply> {
  const credentials = basicAuth(link);
  let url = link;
  for (let hops = 0; hops <= MOST_REDIRECTS; hops++) {
    // A password is for whom it was given, not for where they send us.
    const headers = url.origin === link.origin ? { ...options.headers, ...credentials } : options.headers;
    const body = await ask(url, { ...options, headers });
    const status = body.statusCode ?? 0;
    if (!REDIRECTS.includes(status)) return { url, status, headers: body.headers, body };
    body.destroy();
    url = redirected(url, body.headers.location);
  }
  throw hopeless(`This link leads from one redirect to the next, more than ${MOST_REDIRECTS} of them.`);
}

/** The URL as it is sent and shown: without user name, password and fragment. */
function withoutCredentials(link: URL): URL {
  const url = new URL(link);
  url.username = '';
  url.password = '';
  url.hash = '';
  return url;
}

/** RFC 7617 section 2, in UTF-8. */
function basicAuth({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  const text = `${decoded(username)}:${decoded(password)}`;
  return { Authorization: `Basic ${Buffer.from(text).toString('base64')}` };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function redirected(from: URL, location: string | undefined): URL {
  const to = location === undefined ? null : URL.parse(location, from);
  if (!to) throw hopeless(`${from.host} redirects to nowhere.`);
  if (!/^https?:$/.test(to.protocol))
    throw hopeless(`${from.host} redirects to ${to.protocol} and not to a web address.`);
  return withoutCredentials(to);
}

interface Target {
  address: string;
  family: number;
}

async function ask(url: URL, options: GetOptions): Promise<IncomingMessage> {
  const { signal, mayConnect } = options;
  signal.throwIfAborted();
  try {
    const targets = await resolve(url.hostname);
    if (!targets.every(({ address }) => mayConnect(address))) throw notPermitted(url.host);
    return await answered(url, targets, options);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw explainFailure(error, url.host);
  }
}

async function resolve(hostname: string): Promise<Target[]> {
  const host = hostname.replace(/^\[|\]$/g, '');
  const family = isIP(host);
  return family === 0 ? lookup(host, { all: true }) : [{ address: host, family }];
}

/** Says nothing of the address: names are not to be resolved here by whoever cannot do so from outside. */
const notPermitted = (host: string) =>
  hopeless(
    `${host} is in a network that Kinora does not fetch from, such as the one its server is in. ` +
      'An admin can permit that with imports.allowNetworks.',
  );

function answered(url: URL, targets: Target[], options: GetOptions): Promise<IncomingMessage> {
  const { headers, signal, mayConnect, connectMs = 20 * SECOND_MS, answerMs = 60 * SECOND_MS } = options;
  const request: ClientRequest = (url.protocol === 'https:' ? secureRequest : plainRequest)(withoutCredentials(url), {
    agent: false,
    signal,
    headers: { 'User-Agent': `Kinora/${VERSION}`, Accept: '*/*', ...headers },
    lookup: lookupOf(targets),
  });
  return new Promise<IncomingMessage>((done, fail) => {
    const limit = (ms: number, sentence: string) => setTimeout(() => request.destroy(passing(sentence)), ms);
    let timer = limit(connectMs, `${url.host} cannot be reached from this server.`);
    const thinking = () => {
      clearTimeout(timer);
      timer = limit(answerMs, `${url.host} does not answer.`);
    };
    request.once('socket', (socket: Socket) => {
      socket.once('connect', () => {
        // Cannot happen after all that; if it does, nothing has been sent yet.
        if (!mayConnect(socket.remoteAddress ?? '')) request.destroy(notPermitted(url.host));
      });
      socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', thinking);
    });
    request.once('response', (reply) => {
      clearTimeout(timer);
      done(reply);
    });
    request.once('close', () => clearTimeout(timer));
    request.on('error', fail);
    request.end();
  });
}

/** In place of the system's: only what has been looked at. */
function lookupOf(targets: Target[]): LookupFunction {
  return (_hostname, { all }, done) => {
    if (all) done(null, targets);
    else done(null, targets[0]!.address, targets[0]!.family);
  };
}
