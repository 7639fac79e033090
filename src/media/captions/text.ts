/** The text inside cues: from the markup of other formats to WebVTT's (W3C WebVTT section 4.2.2), and nothing else. */

const ENTITY = /&(?:amp|lt|gt|lrm|rlm|nbsp|quot|apos|#\d{1,7}|#x[\da-f]{1,6});/iy;
/** `<i>`, `</c>`, `<v Mary>`, `<lang en>`, `<c.yellow>`, `<00:01:02.500>` */
const VTT_TAG =
  /<(?:\/?(?:b|i|u|c|v|ruby|rt|lang)(?:\.[\w.-]{1,60})?(?:\s[^<>\n]{0,200})?|(?:\d{2,}:)?\d{2}:\d{2}\.\d{3})>/y;
const ANY_TAG = /<\/?[a-z!][^<>\n]{0,300}>/iy;

/** WebVTT cue text with only the tags WebVTT knows; what looks like another tag goes, a lone `<` or `&` is written out. */
export function cleanVttText(text: string): string {
  return walk(text, (tag, isVtt) => (isVtt ? tag : ''));
}

/**
 * SubRip text as WebVTT's: `<b>`, `<i>` and `<u>` stay (closed where they were not), `<font>` and all other tags go, as do
 * `{\...}` and `{y:i}` codes.
 */
export function srtText(text: string): string {
  const open: string[] = [];
  const plain = text.replace(/\{\\[^{}\n]{0,200}\}|\{[a-zA-Z]:[^{}\n]{0,60}\}/g, '');
  const marked = walk(plain, (tag) => {
    const [, slash, name] = /^<(\/?)(b|i|u)>$/i.exec(tag.replace(/\s+/g, '')) ?? [];
    if (!name) return '';
    const lower = name.toLowerCase();
    if (!slash) {
      open.push(lower);
      return `<${lower}>`;
    }
    if (!open.includes(lower)) return '';
    let closed = '';
    // What was opened inside is closed with it: tags must nest.
    for (let last = open.pop(); last !== undefined; last = open.pop()) {
      closed += `</${last}>`;
      if (last === lower) break;
    }
    return closed;
  });
  return trimmed(
    marked +
      open
        .reverse()
        .map((name) => `</${name}>`)
        .join(''),
  );
}

/** No blank line may be inside a cue: it would end it. */
export function trimmed(text: string): string {
  return (
    text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .join('\n')
      // The arrow would be read as a timing line.
      .replaceAll('-->', '→')
  );
}

/** Where `\an1` to `\an9` (the keys of a number pad) put a caption, as WebVTT cue settings. */
export function settingsOfAlignment(alignment: number): string {
  if (!(alignment >= 1 && alignment <= 9)) return '';
  const rows = ['', 'line:50%', 'line:0'];
  const row = rows[Math.floor((alignment - 1) / 3)]!;
  const column = ['align:left position:5%', '', 'align:right position:95%'][(alignment - 1) % 3]!;
  return [row, column].filter((part) => part !== '').join(' ');
}

/** The alignment a `{\an8}` (or old `{\a6}`) in a text asks for; 0 for none. */
export function alignmentIn(text: string): number {
  const modern = /\{[^{}]*\\an([1-9])/.exec(text);
  if (modern) return Number(modern[1]);
  const old = /\{[^{}]*\\a(\d{1,2})[}\\]/.exec(text);
  // SSA: 1 to 3 below, 5 to 7 above, 9 to 11 in the middle.
  return old ? ({ 1: 1, 2: 2, 3: 3, 5: 7, 6: 8, 7: 9, 9: 4, 10: 5, 11: 6 }[Number(old[1])] ?? 0) : 0;
}

/** Writes out everything but tags, of which `keep` says what becomes of them. */
function walk(text: string, keep: (tag: string, isVtt: boolean) => string): string {
  let out = '';
  let at = 0;
  while (at < text.length) {
    const char = text[at]!;
    if (char === '<') {
      const own = matchAt(VTT_TAG, text, at);
      const tag = own ?? matchAt(ANY_TAG, text, at);
      out += tag === null ? '&lt;' : keep(tag, own !== null);
      at += tag?.length ?? 1;
    } else if (char === '&') {
      const entity = matchAt(ENTITY, text, at);
      out += entity ?? '&amp;';
      at += entity?.length ?? 1;
    } else {
      // Control characters have no place on a screen.
      if (char >= ' ' || char === '\n' || char === '\t') out += char;
      at++;
    }
  }
  return out;
}

function matchAt(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}
