/** Why something could not be fetched: a sentence for whoever gave the link. It never names an address or a secret of theirs. */
export class DownloadFailure extends Error {
  /** Trying again cannot help. */
  readonly permanent: boolean;
  /** How long the server asks us to stay away; null where it does not say. The queue waits at least so long. */
  readonly retryAfterMs: number | null;

  constructor(sentence: string, permanent: boolean, cause?: unknown, retryAfterMs: number | null = null) {
    super(sentence, cause === undefined ? undefined : { cause });
    this.name = 'DownloadFailure';
    this.permanent = permanent;
    this.retryAfterMs = retryAfterMs;
  }
}

/** For good: a person has to do something about it. */
export const hopeless = (sentence: string, cause?: unknown) => new DownloadFailure(sentence, true, cause);
/** For now: the network, or a server that is busy. */
export const passing = (sentence: string, cause?: unknown) => new DownloadFailure(sentence, false, cause);

/** A server that is busy, and may have said until when. */
export const busy = (sentence: string, retryAfterMs: number | null) =>
  new DownloadFailure(sentence, false, undefined, retryAfterMs);

type Meaning = [failure: typeof hopeless, sentence: (host: string) => string];

const notTrusted = (why: string): Meaning => [
  hopeless,
  (host) => `The certificate of ${host} ${why}, so nobody can tell whether it is the right server.`,
];
const brokeOff: Meaning = [passing, () => 'The connection broke off.'];
const notReached: Meaning = [passing, (host) => `${host} cannot be reached from this server.`];

/** Codes of Node's errors, of OpenSSL's verification, and of its HTTP parser. */
const MEANINGS: Record<string, Meaning> = {
  ENOTFOUND: [hopeless, (host) => `There is no server called ${host}. Check the link.`],
  EAI_AGAIN: [passing, (host) => `The name ${host} cannot be looked up at the moment.`],
  ECONNREFUSED: [passing, (host) => `${host} does not accept the connection.`],
  ECONNRESET: brokeOff,
  ECONNABORTED: brokeOff,
  EPIPE: brokeOff,
  ETIMEDOUT: notReached,
  EHOSTUNREACH: notReached,
  ENETUNREACH: notReached,
  EADDRNOTAVAIL: notReached,
  CERT_HAS_EXPIRED: notTrusted('has expired'),
  CERT_NOT_YET_VALID: notTrusted('is not valid yet'),
  DEPTH_ZERO_SELF_SIGNED_CERT: notTrusted('is signed by itself'),
  SELF_SIGNED_CERT_IN_CHAIN: notTrusted('is signed by itself'),
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: notTrusted('is not signed by anybody known here'),
  UNABLE_TO_GET_ISSUER_CERT: notTrusted('is not signed by anybody known here'),
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: notTrusted('is not signed by anybody known here'),
  ERR_TLS_CERT_ALTNAME_INVALID: notTrusted('is that of another server'),
  EPROTO: [hopeless, (host) => `${host} does not speak HTTPS there. Try the link with http:// in front.`],
};

/** What a failed request means; a failure that says so itself stays what it is. */
export function explainFailure(error: unknown, host: string): DownloadFailure {
  if (error instanceof DownloadFailure) return error;
  const code = (error as NodeJS.ErrnoException | null)?.code ?? '';
  const [failure, sentence] = MEANINGS[code] ?? guess(code);
  return failure(sentence(host), error);
}

function guess(code: string): Meaning {
  if (code.startsWith('HPE_')) return [hopeless, (host) => `What ${host} answers is not HTTP.`];
  if (/^ERR_(?:SSL|TLS)_/.test(code)) return [hopeless, (host) => `No safe connection to ${host} comes about.`];
  return [passing, (host) => `The connection to ${host} failed.`];
}
