import { cellsOf, type Row } from './rows.ts';

/** A table as docs/performance.md has it, with the machine it was measured on. */
export function markdownTable(rows: readonly Row[], machine: string): string {
  const [head = [], ...lines] = cellsOf(rows);
  const rule = head.map((_, column) => (column > 0 && column < 4 ? '---:' : '---'));
  return [...[head, rule, ...lines].map((cells) => `| ${cells.join(' | ')} |`), '', `Measured on: ${machine}.`].join(
    '\n',
  );
}

/**
 * Puts a table between the two comments that mark its place in a page, `<!-- bench NAME -->` and `<!-- end -->`. Null where the
 * page has no such place.
 */
export function replaceTable(page: string, name: string, table: string): string | null {
  const opening = `<!-- bench ${name} -->\n`;
  const start = page.indexOf(opening);
  const end = page.indexOf('<!-- end -->', start);
  if (start === -1 || end === -1) return null;
  return `${page.slice(0, start + opening.length)}\n${table}\n\n${page.slice(end)}`;
}
