/**
 * `npm run bench [NAME]`: runs scripts/bench/*.bench.ts, or the one of that name. Prints a table for people and, as the
 * last line, JSON `{ name, rows }` for programs. A bar that was missed makes it end with code 1.
 */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Benchmark, type Row, table } from './support/rows.ts';

async function main(wanted: string | undefined): Promise<number> {
  const all = await Promise.all(
    globSync('*.bench.ts', { cwd: import.meta.dirname })
      .sort()
      .map(async (file): Promise<Benchmark> => import(pathToFileURL(join(import.meta.dirname, file)).href)),
  );
  const chosen = all.filter(({ name }) => wanted === undefined || name === wanted);
  if (chosen.length === 0) {
    console.error(`There is no benchmark "${wanted}". There are: ${all.map(({ name }) => name).join(', ')}.`);
    return 1;
  }
  const rows: Row[] = [];
  for (const benchmark of chosen) {
    console.log(`\n== ${benchmark.name} ==`);
    const measured = await benchmark.run();
    console.log(table(measured));
    rows.push(...measured);
  }
  console.log(`\n${JSON.stringify({ name: wanted ?? 'all', rows })}`);
  return rows.every(({ ok }) => ok) ? 0 : 1;
}

process.exitCode = await main(process.argv[2]);
