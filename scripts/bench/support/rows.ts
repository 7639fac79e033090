/** One measured thing, as people and as other programs read it. */
export interface Row {
  what: string;
  /** Our figure and the peer's, in `unit`; null where nothing was measured. */
  ours: number | null;
  peer: number | null;
  unit: string;
  /** ours / peer */
  ratio: number | null;
  /** What is asked for: "< 500 ms", "< 0.5 x peer". */
  bar: string;
  ok: boolean;
}

export interface Benchmark {
  name: string;
  run(): Promise<Row[]>;
}

/** A row whose figure must stay under `limit`. The peer is there to compare with. */
export function under(what: string, ours: number, limit: number, unit: string, peer: number | null = null): Row {
  return { what, ours, peer, unit, ratio: ratioOf(ours, peer), bar: `< ${limit} ${unit}`, ok: ours < limit };
}

/** A figure without a bar, told beside the others. */
export function told(what: string, ours: number, unit: string, peer: number | null = null): Row {
  return { what, ours, peer, unit, ratio: ratioOf(ours, peer), bar: '', ok: true };
}

/** A row whose figure must stay under `share` of the peer's. */
export function underPeer(what: string, ours: number, peer: number, share: number, unit: string): Row {
  return { what, ours, peer, unit, ratio: ratioOf(ours, peer), bar: `< ${share} x peer`, ok: ours < share * peer };
}

/** A row whose figure must stay under a limit and under a share of the peer's. */
export function underBoth(
  what: string,
  ours: number,
  peer: number,
  { limit, share }: { limit: number; share: number },
  unit: string,
): Row {
  const [absolute, relative] = [under(what, ours, limit, unit), underPeer(what, ours, peer, share, unit)];
  return { ...relative, bar: `${absolute.bar} and ${relative.bar}`, ok: absolute.ok && relative.ok };
}

/** A row whose figure must be at least `share` times the peer's: for rates, where more is better. */
export function overPeer(what: string, ours: number, peer: number, share: number, unit: string): Row {
  return { what, ours, peer, unit, ratio: ratioOf(ours, peer), bar: `>= ${share} x peer`, ok: ours >= share * peer };
}

function ratioOf(ours: number, peer: number | null): number | null {
  return peer ? Number((ours / peer).toFixed(3)) : null;
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** The median over several runs of what `measure` returns. */
export async function medianOf(runs: number, measure: (run: number) => Promise<number>): Promise<number> {
  const values: number[] = [];
  for (let run = 0; run < runs; run += 1) values.push(await measure(run));
  return median(values);
}

/** The row of a benchmark that broke: nothing was measured, and that is no success. */
export function failed(name: string): Row {
  return { what: name, ours: null, peer: null, unit: '', ratio: null, bar: 'to be measured', ok: false };
}

/** A table for people. */
export function table(rows: readonly Row[]): string {
  const cells = cellsOf(rows);
  const widths = cells[0]?.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0))) ?? [];
  return cells.map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')).join('\n');
}

/** A head and a line for each row. */
export function cellsOf(rows: readonly Row[]): string[][] {
  return [
    ['what', 'ours', 'peer', 'ratio', 'bar', ''],
    ...rows.map((row) => [
      row.what,
      figure(row.ours, row.unit),
      figure(row.peer, row.unit),
      row.ratio === null ? '' : row.ratio.toString(),
      row.bar,
      row.bar === '' ? '' : row.ok ? 'ok' : 'MISSED',
    ]),
  ];
}

function figure(value: number | null, unit: string): string {
  if (value === null) return '';
  if (unit === 'ms' && value >= 10_000) return figure(value / 1000, 's');
  return `${value >= 100 ? Math.round(value) : Number(value.toFixed(1))} ${unit}`;
}
