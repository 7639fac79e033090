/** What commands print: tables that fit the terminal, JSON for programs, progress for people. */

export interface Column<T> {
  title: string;
  of(item: T): string | number | null;
  align?: 'right';
}

const GAP = '  ';
const NARROWEST = 4;

/**
 * A table of these items, no wider than the terminal: the widest columns are cut first. Not cut at all where nobody
 * looks, as in a pipe. Titles are underlined by nothing: `awk 'NR > 1'` gets the rows.
 */
function tableText<T>(items: readonly T[], columns: readonly Column<T>[], width = terminalWidth()): string {
  const rows = [columns.map(({ title }) => title), ...items.map((item) => columns.map(({ of }) => cellText(of(item))))];
  const widths = columns.map((_, n) => Math.max(...rows.map((row) => displayWidth(row[n]!))));
  const least = (n: number) => Math.min(widths[n]!, NARROWEST);
  for (;;) {
    const over = widths.reduce((sum, each) => sum + each + GAP.length, -GAP.length) - width;
    const widest = widths.indexOf(Math.max(...widths));
    if (over <= 0 || widths[widest]! <= least(widest)) break;
    widths[widest]! -= 1;
  }
  const lines = rows.map((row) =>
    row
      .map((cell, n) => padded(cell, widths[n]!, columns[n]!.align))
      .join(GAP)
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}

/** Prints a list as a table or as a JSON array; says so where there is nothing. */
export function printList<T>(items: readonly T[], columns: readonly Column<T>[], how: ListOptions): void {
  if (how.json) process.stdout.write(`${JSON.stringify(items, null, 2)}\n`);
  else if (items.length === 0) process.stderr.write(`${how.empty}\n`);
  else process.stdout.write(tableText(items, columns));
}

interface ListOptions {
  json?: boolean | undefined;
  /** A sentence for an empty list; on standard error, so that a pipe gets nothing. */
  empty: string;
}

export function say(sentence: string): void {
  process.stdout.write(`${sentence}\n`);
}

/** A line on standard error that is written over itself, on a terminal alone. */
export function progressLine(): { show(text: string): void; end(): void } {
  const shown = process.stderr.isTTY === true;
  return {
    show: (text) => void (shown && process.stderr.write(`\r\x1b[K${text}`)),
    end: () => void (shown && process.stderr.write('\r\x1b[K')),
  };
}

export function dateText(atMs: number | null): string {
  return atMs === null ? '' : new Date(atMs).toISOString().slice(0, 16).replace('T', ' ');
}

export function sizeText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let n = 0;
  let size = bytes;
  for (; size >= 1000 && n < units.length - 1; n += 1) size /= 1000;
  return `${n === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${units[n]}`;
}

export function durationText(ms: number | null): string {
  if (ms === null) return '';
  const seconds = Math.round(ms / 1000);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

function terminalWidth(): number {
  return process.stdout.isTTY
    ? process.stdout.columns || 80
    : Number(process.env['COLUMNS']) || Number.POSITIVE_INFINITY;
}

/** What others wrote, such as titles, must not move the cursor or paint. */
function cellText(value: string | number | null): string {
  return String(value ?? '').replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');
}

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

/** In columns of a terminal: East Asian characters take two (UAX #11), marks that combine none. */
function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += /\p{M}/u.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return width;
}

function padded(cell: string, width: number, align: 'right' | undefined): string {
  let text = cell;
  if (displayWidth(text) > width) {
    const characters = [...text];
    while (characters.length > 0 && displayWidth(characters.join('')) > width - 1) characters.pop();
    text = `${characters.join('')}…`;
  }
  const space = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return align === 'right' ? space + text : text + space;
}
