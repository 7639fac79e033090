/**
 * `npm run bench [NAME ...]`: runs scripts/bench/*.bench.ts, or those of these names, one after the other. Prints a table for
 * people and, as the last line, JSON `{ name, rows }` for programs. A bar that was missed makes it end with code 1.
 *
 * `--list` says which there are, `--markdown` prints the tables as docs/performance.md has them, `--write` puts them there.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { loadWarning, machineWords, stolenShare } from './support/machine.ts';
import { markdownTable, replaceTable } from './support/page.ts';
import { type Benchmark, failed, type Row, table } from './support/rows.ts';

const PAGE = join(import.meta.dirname, '../../docs/performance.md');
const MOST_STOLEN = 0.02;

interface Result {
  name: string;
  rows: Row[];
}

async function main(args: string[]): Promise<number> {
  const flags = { list: { type: 'boolean' }, markdown: { type: 'boolean' }, write: { type: 'boolean' } } as const;
  const { values, positionals } = parseArgs({ args, options: flags, allowPositionals: true });
  const all = await Promise.all(
    globSync('*.bench.ts', { cwd: import.meta.dirname })
      .sort()
      .map(async (file): Promise<Benchmark> => import(pathToFileURL(join(import.meta.dirname, file)).href)),
  );
  const names = all.map(({ name }) => name);
  if (values.list) {
    console.log(names.join('\n'));
    return 0;
  }
  const unknown = positionals.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    console.error(`There is no benchmark "${unknown}". There are: ${names.join(', ')}.`);
    return 1;
  }
  const chosen = all.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const machine = machineWords();
  console.log(`Measured on: ${machine}.`);
  const warning = loadWarning();
  if (warning) console.log(warning);
  const results = await runAll(chosen);
  const rows = results.flatMap((result) => result.rows);
  if (results.length > 1) console.log(`\n== all ==\n${table(rows)}`);
  if (values.markdown) {
    for (const result of results) console.log(`\n**${result.name}**\n\n${markdownTable(result.rows, machine)}`);
  }
  if (values.write) writeTables(results, machine);
  console.log(`\n${JSON.stringify({ name: positionals.join(' ') || 'all', rows })}`);
  return rows.every(({ ok }) => ok) ? 0 : 1;
}

/** One that fails is a row that says so: the others are measured all the same. */
async function runAll(chosen: readonly Benchmark[]): Promise<Result[]> {
  const results: Result[] = [];
  for (const { name, run } of chosen) {
    console.log(`\n== ${name} ==`);
    const stolen = stolenShare();
    const rows = await run().catch((error: unknown) => {
      console.error(error);
      return [failed(name)];
    });
    console.log(table(rows));
    const share = stolen();
    if (share > MOST_STOLEN) console.log(`${Math.round(share * 100)} % of the processor's time went to other guests.`);
    results.push({ name, rows });
  }
  return results;
}

function writeTables(results: readonly Result[], machine: string): void {
  let page = readFileSync(PAGE, 'utf8');
  for (const { name, rows } of results) {
    const next = replaceTable(page, name, markdownTable(rows, machine));
    if (next === null) console.error(`docs/performance.md has no place for ${name}: give it a section with markers.`);
    else page = next;
  }
  writeFileSync(PAGE, page);
}

// An end of its own, so that folders are removed.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
process.exitCode = await main(process.argv.slice(2));
