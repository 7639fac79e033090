/**
 * What every npm script goes through: `node scripts/run.mjs COMMAND ...args`, COMMAND being one of those below.
 *
 * It makes a fresh clone runnable, doing only what is missing and saying what it does: a Node that is new enough, the
 * packages, an ffmpeg, the builds of web interface and server. Then it runs the program. Plain JavaScript without dependencies, since it has
 * to start on Node 18.
 */
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serverStep, webStep } from './run/builds.mjs';
import { ffmpegStep } from './run/ffmpeg.mjs';
import { withLock } from './run/lock.mjs';
import { chooseNode } from './run/node.mjs';
import { packagesStep, toolStep } from './run/packages.mjs';
import { forwardSignals, runProgram, Stop, say } from './run/process.mjs';
import { prepareSuites } from './run/suites.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
/** The server as one file, built by `serverStep`. */
const SERVER = 'dist/server/main.js';
const SERVING = ['serve', 'worker', 'scan', 'doctor'];

/** Tests beside the sources do without the built interface, which may be what somebody is about to mend. */
const needsWeb = (args) => args.length === 0 || !args.every((arg) => /^(?:unit$|src\/|web\/|scripts\/)/.test(arg));

/** What each command runs, and what it needs beyond Node and the packages. */
const COMMANDS = {
  start: { program: [SERVER, 'serve'], ffmpeg: () => true, web: () => true },
  kinora: { program: [SERVER], ffmpeg: ([verb = 'serve']) => SERVING.includes(verb), interactive: true },
  dev: { program: ['scripts/dev.ts'], ffmpeg: () => true, wholeGroup: true },
  test: { program: ['scripts/test.ts'], ffmpeg: () => true, web: needsWeb, wholeGroup: true },
  check: { program: ['scripts/check.ts'], wholeGroup: true },
  format: { program: ['node_modules/@biomejs/biome/bin/biome', 'check', '--write'], wholeGroup: true },
  bench: { program: ['scripts/bench/run.ts'], ffmpeg: () => true, web: () => true, wholeGroup: true },
  docs: { program: ['scripts/docs.ts'] },
  'docs:site': { program: ['scripts/docs-site.ts'], tool: 'docs-site', wholeGroup: true },
  screenshots: { program: ['test/support/screenshots.ts'], ffmpeg: () => true, web: () => true, wholeGroup: true },
  build: { web: () => true },
  'build:binary': { program: ['scripts/binary/build.ts'], web: () => true, wholeGroup: true },
};

async function main([name, ...args]) {
  const command = Object.hasOwn(COMMANDS, name ?? '') ? COMMANDS[name] : null;
  if (!command) throw new Stop(`Say one of: ${Object.keys(COMMANDS).join(', ')}.`);
  forwardSignals();
  const node = chooseNode(ROOT);
  const env = { ...process.env };
  if (name === 'test') env.KINORA_TEST_SKIPPED = JSON.stringify(await prepareSuites(args));

  const atOnce = [node.step, packagesStep(ROOT)];
  if (command.tool) atOnce.push(toolStep(ROOT, command.tool));
  if (command.ffmpeg?.(args)) atOnce.push(ffmpegStep(ROOT, env, args));
  // Vite needs the packages.
  const builds = command.web?.(args) ? [webStep(ROOT, node.exe)] : [];
  if (command.web || command.program?.[0] === SERVER) builds.push(serverStep(ROOT, node.exe));
  await setUp([atOnce, builds]);

  if (!command.program) {
    say('The web interface is built in dist/web, the server in dist/server.');
    return 0;
  }
  // Node keeps what it made of our TypeScript, which takes a third off the next start.
  if (!command.wholeGroup || name === 'bench') env.NODE_COMPILE_CACHE ||= join(ROOT, 'node_modules', '.cache', 'node');
  env.PATH = `${dirname(node.exe)}${delimiter}${env.PATH ?? ''}`;
  const [script, ...fixed] = command.program;
  const serving = args.length === 0 || args[0] === 'serve' || args[0] === 'worker';
  return runProgram(node.exe, [join(ROOT, script), ...fixed, ...args], {
    env,
    interactive: command.interactive === true && !serving,
    wholeGroup: command.wholeGroup === true,
  });
}

/** Runs the steps that are needed, group after group, those of a group at the same time. */
async function setUp(groups) {
  const isNeeded = async (steps) => (await Promise.all(steps.map((step) => step.needed()))).includes(true);
  if (!(await isNeeded(groups.flat()))) return;
  await withLock(join(ROOT, 'dist', '.setting-up'), async () => {
    for (const steps of groups) {
      // Asked again, for another process may have done it while we waited.
      const ends = await Promise.allSettled(
        steps.map(async (step) => ((await step.needed()) ? step.run() : undefined)),
      );
      const failed = ends.find((end) => end.status === 'rejected');
      if (failed) throw failed.reason;
    }
  });
}

try {
  process.exit(await main(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof Stop)) throw error;
  say(error.message);
  process.exit(1);
}
