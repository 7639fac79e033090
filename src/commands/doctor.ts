import { resolve } from 'node:path';
import { BROWSER } from '../platform/config/browser.ts';
import type { ConfigFlags, LoadedConfig } from '../platform/config/load.ts';
import { ConfigError } from '../platform/config/problems.ts';
import { createFfmpeg } from '../platform/ffmpeg.ts';
import { ffmpegPaths } from '../platform/natives/programs.ts';
import { backupsCheck } from './doctor/backups.ts';
import { bucketCheck } from './doctor/bucket.ts';
import { certificateCheck } from './doctor/certificate.ts';
import { type Check, type Finding, note, ok, problem } from './doctor/check.ts';
import { clockCheck } from './doctor/clock.ts';
import { hardwareCheck } from './doctor/hardware.ts';
import { limitsCheck, portCheck } from './doctor/machine.ts';
import { mailCheck } from './doctor/mail.ts';
import { outsideCheck } from './doctor/outside.ts';
import { permissionsCheck } from './doctor/permissions.ts';
import { ffmpegCheck, nodeCheck } from './doctor/programs.ts';
import { pushCheck } from './doctor/push.ts';
import { databaseCheck, dataFolderCheck, librariesCheck } from './doctor/storage.ts';
import { workersCheck } from './doctor/workers.ts';
import { loadedFor, loadedWithBrowser } from './options.ts';

/** What is looked at, in the order of the report. */
const CHECKS: readonly Check[] = [
  nodeCheck,
  ffmpegCheck,
  hardwareCheck,
  limitsCheck,
  clockCheck,
  dataFolderCheck,
  bucketCheck,
  permissionsCheck,
  databaseCheck,
  backupsCheck,
  librariesCheck,
  workersCheck,
  portCheck,
  certificateCheck,
  outsideCheck,
  mailCheck,
  pushCheck,
];

/** What `--only` may name: headings of the report. */
export const SECTIONS = CHECKS.map(({ title }) => title);

interface DoctorFlags extends ConfigFlags {
  json?: boolean;
  only?: string;
}

interface Section {
  title: string;
  findings: Finding[];
}

/** `kinora doctor`: looks at everything Kinora needs, also while it runs. Exit code 1 where something keeps it from working. */
export async function doctor({ json = false, only, ...flags }: DoctorFlags): Promise<void> {
  const usesColour = process.stdout.isTTY === true && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';
  const print = (section: Section) => {
    if (!json) process.stdout.write(sectionText(section, usesColour));
  };
  const sections: Section[] = [];
  for await (const section of examine(flags, only)) {
    sections.push(section);
    print(section);
  }
  const problems = sections.flatMap(({ findings }) => findings).filter(({ state }) => state === 'problem').length;
  if (json) process.stdout.write(`${JSON.stringify({ healthy: problems === 0, sections }, null, 2)}\n`);
  else process.stdout.write(`\n${verdict(problems)}\n`);
  process.exitCode = problems === 0 ? 0 : 1;
}

async function* examine(flags: ConfigFlags, only: string | undefined): AsyncGenerator<Section> {
  const title = 'Configuration';
  let loaded: ReturnType<typeof loadedFor>;
  try {
    loaded = loadedFor(flags);
  } catch (error) {
    // Without it nothing else can be looked at: where things are is in there.
    if (!(error instanceof ConfigError)) throw error;
    yield {
      title,
      findings: error.problems.map(({ where, message }) =>
        problem(`${where}: ${message}`, 'Correct it, and ask again.'),
      ),
    };
    return;
  }
  const { config, file, findings } = withBrowser(flags, loaded);
  yield { title, findings: [ok(file ? `read from ${file}` : 'the defaults: there is no kinora.yaml'), ...findings] };
  const ffmpeg = createFfmpeg(ffmpegPaths(config.media));
  const patient = { config, ffmpeg, dataFolder: resolve(config.data.dir), nowMs: Date.now() };
  try {
    for (const check of CHECKS.filter(({ title }) => only === undefined || title === only)) {
      const findings = await examineOne(check, patient);
      if (findings.length > 0) yield { title: check.title, findings };
    }
  } finally {
    await ffmpeg.close();
  }
}

/** With what admins chose in the browser, as the server has it. A database that cannot be read is told of further down. */
function withBrowser(flags: ConfigFlags, loaded: LoadedConfig): LoadedConfig & { findings: Finding[] } {
  try {
    const all = loadedWithBrowser(flags);
    const chosen = Object.values(all.origins).filter((origin) => origin === BROWSER).length;
    const settings = chosen === 1 ? 'one setting was' : `${chosen} settings were`;
    return { ...all, findings: chosen > 0 ? [ok(`${settings} chosen in the browser`)] : [] };
  } catch {
    return { ...loaded, findings: [note('what was chosen in the browser cannot be read: it is not looked at')] };
  }
}

/** A check that fails itself must not hide what the others find. */
async function examineOne(check: Check, patient: Parameters<Check['run']>[0]): Promise<Finding[]> {
  try {
    return await check.run(patient);
  } catch (error) {
    return [problem(`cannot be looked at: ${(error as Error).message}`)];
  }
}

const MARKS = { ok: '✓', note: '·', warning: '!', problem: '✗' } as const;
const COLOURS = { ok: '\x1b[32m', note: '\x1b[2m', warning: '\x1b[33m', problem: '\x1b[31m' } as const;

function sectionText({ title, findings }: Section, colour: boolean): string {
  const lines = findings.flatMap(({ state, text, todo }) => {
    const mark = colour ? `${COLOURS[state]}${MARKS[state]}\x1b[0m` : MARKS[state];
    return [`  ${mark} ${text}`, ...(todo ? [`      → ${todo}`] : [])];
  });
  return `\n${title}\n${lines.join('\n')}\n`;
}

function verdict(problems: number): string {
  if (problems === 0) return 'Nothing keeps Kinora from working.';
  return problems === 1
    ? 'One thing keeps Kinora from working: see ✗.'
    : `${problems} things keep Kinora from working: see ✗.`;
}
