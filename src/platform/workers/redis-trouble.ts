/** Why a Redis cannot be used, in words that say what to do: errors of Node and OpenSSL by their codes, Redis' own by their first word. */

const UNKNOWN_AUTHORITY =
  'its certificate is not signed by anybody known here; name the file of its authority in NODE_EXTRA_CA_CERTS';

const SENTENCES: Record<string, string> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: UNKNOWN_AUTHORITY,
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_AUTHORITY,
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name than the one in jobs.redis',
  // Redis asks for one unless it is told not to.
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED:
    'it wants a certificate of its clients, and Kinora shows none; set tls-auth-clients no there',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS on this port; write redis:// instead of rediss://',
  WRONGPASS: 'it does not accept the name and password of jobs.redis',
  NOAUTH: 'it wants a password: redis://:password@host',
};

/** A clause to follow "cannot be reached: ", without a full stop. `url`: that of the Redis. */
export function redisTrouble(url: string, error: Error): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (code === 'ECONNRESET' || code === 'EPIPE') return `it ends the connection (${code}); ${whyEnded(url)}`;
  // OpenSSL's own messages are for those who build it, over several lines.
  const own = code.startsWith('ERR_SSL_') ? `no safe connection comes about (${code})` : message.trim();
  return SENTENCES[code] ?? SENTENCES[message.split(' ', 1)[0]!] ?? own;
}

/** By TLS 1.3 a client that lacks a certificate hears of it only after its first words, or finds the connection gone. */
const whyEnded = (url: string) =>
  url.startsWith('rediss:')
    ? 'if it wants a certificate of its clients, set tls-auth-clients no there'
    : 'if it wants TLS, write rediss://';
