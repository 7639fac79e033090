import { type Command, Option } from 'commander';
import type { Page } from '../core/wire.ts';
import { JobState, type JobWire, Lane } from '../features/jobs/api.ts';
import type { ConfigFlags } from '../platform/config/load.ts';
import { type Instance, withInstance } from './instance.ts';
import { examples, instanceOptions, wholeNumber } from './options.ts';
import { type Column, dateText, printList, say } from './print.ts';

/** `kinora jobs ...`: the work in the background. */

const COLUMNS: Column<JobWire>[] = [
  { title: 'ID', of: ({ id }) => id },
  { title: 'JOB', of: ({ name }) => name },
  { title: 'STATE', of: stateText },
  { title: 'VIDEO', of: ({ video }) => video?.title ?? '' },
  { title: 'SINCE', of: ({ startedAtMs, createdAtMs }) => dateText(startedAtMs ?? createdAtMs) },
  { title: 'ERROR', of: ({ error }) => error },
];

interface ListFlags extends ConfigFlags {
  state?: JobWire['state'];
  lane?: Lane;
  limit: number;
  json?: boolean;
}

async function listJobs({ state, lane, limit, json, ...flags }: ListFlags): Promise<void> {
  const items = await withInstance(flags, (instance) => newestJobs(instance, limit, { state, lane }));
  printList(items, COLUMNS, { json, empty: 'There are no such jobs.' });
}

async function retryJobs(ids: string[], flags: ConfigFlags): Promise<void> {
  await withInstance(flags, async (instance) => {
    for (const id of ids) {
      await instance.call('POST', `/api/jobs/${encodeURIComponent(id)}/retry`);
      say(`${id} is tried again${instance.isServed ? '' : ' when Kinora starts'}.`);
    }
  });
}

async function cancelJobs(ids: string[], flags: ConfigFlags): Promise<void> {
  await withInstance(flags, async (instance) => {
    for (const id of ids) {
      await instance.call('POST', `/api/jobs/${encodeURIComponent(id)}/cancel`);
      say(`${id} is cancelled.`);
    }
  });
}

interface WatchFlags extends ConfigFlags {
  untilIdle?: boolean;
  json?: boolean;
}

const EVERY_MS = 1000;

/** A line for each change: a job that begins, gets on by a tenth, or ends. Until Ctrl-C, or until nothing is left to do. */
async function watchJobs({ untilIdle, json, ...flags }: WatchFlags): Promise<void> {
  await withInstance(
    flags,
    async (instance) => {
      const startedMs = Date.now();
      const told = new Map<string, string>();
      for (;;) {
        const jobs = await newestJobs(instance, 100, {});
        for (const job of jobs.toReversed()) {
          const isOld = job.finishedAtMs !== null && job.finishedAtMs < startedMs;
          const text = lineOf(job);
          if (isOld || told.get(job.id) === text) continue;
          told.set(job.id, text);
          say(json ? JSON.stringify(job) : text);
        }
        if (untilIdle && !(await hasWork(instance))) return;
        await new Promise((done) => setTimeout(done, EVERY_MS));
      }
    },
    { needsServer: 'Nothing is done before it is started.' },
  );
}

async function newestJobs(
  instance: Instance,
  limit: number,
  which: { state?: string | undefined; lane?: string | undefined },
): Promise<JobWire[]> {
  const all: JobWire[] = [];
  for (let cursor: string | null = ''; cursor !== null && all.length < limit; ) {
    const query = new URLSearchParams({ limit: String(Math.min(100, limit - all.length)), ...(cursor && { cursor }) });
    for (const [key, value] of Object.entries(which)) if (value) query.set(key, value);
    const page: Page<JobWire> = await instance.call('GET', `/api/jobs?${query}`);
    all.push(...page.items);
    cursor = page.nextCursor;
  }
  return all;
}

async function hasWork(instance: Instance): Promise<boolean> {
  const { items } = await instance.call<{ items: { running: number; queued: number }[] }>('GET', '/api/jobs/lanes');
  return items.some(({ running, queued }) => running + queued > 0);
}

function lineOf(job: JobWire): string {
  const about = job.video ? ` "${job.video.title.replaceAll(/\p{Cc}/gu, ' ')}"` : '';
  return `${job.id} ${job.name}${about}: ${stateText(job, 10)}${job.error ? ` (${job.error.split('\n')[0]})` : ''}`;
}

/** With the percentage of what runs, in steps of `stepPercent`. */
function stateText({ state, percent }: JobWire, stepPercent = 1): string {
  if (state !== 'running' || percent === null) return state;
  return `${state} ${Math.floor(percent / stepPercent) * stepPercent} %`;
}

export function jobCommands(program: Command): void {
  const jobs = program.command('jobs').description('work in the background: list, watch, retry, cancel');
  const command = (usage: string, description: string, ...lines: string[]) =>
    examples(jobs.command(usage).description(description), lines);

  instanceOptions(
    command('list', 'list jobs, newest first', 'jobs list --state failed', 'jobs list --lane encode --json')
      .addOption(new Option('--state <state>', 'those in a state').choices(JobState.options))
      .addOption(new Option('--lane <lane>', 'those of a lane').choices(Lane.options))
      .option('--limit <number>', 'at most so many', wholeNumber(1, 100_000), 50)
      .option('--json', 'as JSON, for programs'),
  ).action(listJobs);
  instanceOptions(
    command('watch', 'print a line whenever a job begins, gets on or ends', 'jobs watch', 'jobs watch --until-idle')
      .option('--until-idle', 'end when nothing is left to do')
      .option('--json', 'one JSON object a line'),
  ).action(watchJobs);
  instanceOptions(
    command('retry <ids...>', 'start failed or cancelled jobs afresh', 'jobs retry Aaaa1111Bbbb22'),
  ).action(retryJobs);
  instanceOptions(command('cancel <ids...>', 'stop jobs', 'jobs cancel Aaaa1111Bbbb22')).action(cancelJobs);
}
