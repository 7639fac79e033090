/** Clock form for players and badges: `65_000` -> "1:05", `3_723_000` -> "1:02:03". */
export function formatClock(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const seconds = String(total % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${seconds}` : `${minutes}:${seconds}`;
}

/** The length of a whole video, to the nearest second: 29.999 s is half a minute. Never "0:00" for what has a length. */
export function formatLength(ms: number): string {
  return formatClock(ms > 0 ? Math.max(1, Math.round(ms / 1000)) * 1000 : 0);
}

// The last frame is shown before the length is reached, and containers round both.
const AT_END_MS = 100;

/** What the player's clock says: the time in whole seconds that have passed, which ends at the length. */
export function formatPosition(positionMs: number, lengthMs: number): string {
  const length = formatLength(lengthMs);
  if (lengthMs > 0 && positionMs >= lengthMs - AT_END_MS) return length;
  return formatClock(positionMs);
}

/** Reads `?t= and what people type: "90", "90s", "1m30s", "1h2m", "1:30", "1:02:03". Null when it is none of these. */
export function parseTimeCode(text: string): number | null {
  const clean = text.trim().toLowerCase();
  if (/^\d+(\.\d+)?s?$/.test(clean)) return Math.round(Number.parseFloat(clean) * 1000);
  if (/^\d{1,3}(:[0-5]?\d){1,2}$/.test(clean)) {
    return clean.split(':').reduce((sum, part) => sum * 60 + Number(part), 0) * 1000;
  }
  const match = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(clean);
  if (!match || !clean) return null;
  return (Number(match[1] ?? 0) * 3600 + Number(match[2] ?? 0) * 60 + Number(match[3] ?? 0)) * 1000;
}

export interface TextPart {
  text: string;
  /** Set where the part is a time code that lies inside the video. */
  seekMs?: number;
  /** Set where the part is a web address. */
  href?: string;
}

const TIME_CODE_OR_LINK = /(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]])|(?<![\d:.])(\d{1,2}:(?:[0-5]\d:)?[0-5]\d)(?![\d:])/g;

/** Splits a description so that time codes can be clicked. Codes after the end of the video stay plain text. */
export function splitDescription(text: string, durationMs: number | null): TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  for (const match of text.matchAll(TIME_CODE_OR_LINK)) {
    const part = describeMatch(match[0], match[1] !== undefined, durationMs);
    if (!part) continue;
    if (match.index > from) parts.push({ text: text.slice(from, match.index) });
    parts.push(part);
    from = match.index + match[0].length;
  }
  if (from < text.length) parts.push({ text: text.slice(from) });
  return parts;
}

function describeMatch(text: string, isLink: boolean, durationMs: number | null): TextPart | null {
  if (isLink) return { text, href: text };
  const seekMs = parseTimeCode(text);
  return seekMs === null || (durationMs !== null && seekMs > durationMs) ? null : { text, seekMs };
}
