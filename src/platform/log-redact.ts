/**
 * Takes secrets out of a line of the log, whoever wrote them there: a log is read by many, copied into reports and sent
 * elsewhere. Works on the JSON text, so that no field is forgotten.
 */
export function redact(line: string): string {
  return MAY_HOLD_SECRETS.test(line) ? PATTERNS.reduce((text, [pattern, by]) => text.replace(pattern, by), line) : line;
}

const NAMES = 'password|passwordHash|token|secret|authorization|cookie|set-cookie|apiKey|api_key|accessKey|secretKey';

const PATTERNS: [RegExp, string][] = [
  // Links to media carry their token as a part of the path.
  [/(\/media\/[^/\s"]+\/)~[^/\s"\\]+/g, '$1~(hidden)'],
  [/(\/reset\/)[\w-]{20,}/g, '$1(hidden)'],
  [/([?&](?:token|invite|password|secret|code|state|key|signature|sig|x-amz-[\w-]+)=)[^&\s"\\]+/gi, '$1(hidden)'],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/gi, '$1 (hidden)'],
  [/(kinora_session=)[^;\s"\\]+/gi, '$1(hidden)'],
  // user:password@host. No scheme is longer, and without an end to it long words with dots take for ever.
  [/(\b[a-z][a-z0-9+.-]{0,30}:\/\/)[^/\s"@\\]+@/gi, '$1(hidden)@'],
  [new RegExp(`("(?:${NAMES})":)"(?:[^"\\\\]|\\\\.)*"`, 'gi'), '$1"(hidden)"'],
];

/** Most lines hold nothing of the kind: one look instead of six. */
const MAY_HOLD_SECRETS = new RegExp(`/~|/reset/|[?&]|Bearer|Basic|kinora_session|@|"(?:${NAMES})"`, 'i');
