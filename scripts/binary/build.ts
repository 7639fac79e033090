/**
 * `npm run build:binary`: Kinora as one program, by Node's own means (single executable applications): the bundled server, native
 * packages, web interface, migrations and, with `--with-ffmpeg`, ffmpeg. See docs/decisions/single-binary.md.
 */
import { execFile } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { APART } from '../../src/platform/natives/code-apart.ts';
import { UNPACK_WORKER } from '../../src/platform/natives/programs.ts';
import { type Assets, joinedAssets, nativeFiles, packedAssets, plainAssets } from './assets.ts';
import { bundle } from './bundle.ts';
import { ffmpegToEmbed } from './ffmpeg.ts';
import { ffmpegNotice } from './ffmpeg-notice.ts';
import { licencesText } from './licences.ts';
import { hostNode, packagesFor, versionOf } from './packages.ts';
import { hostTarget, TARGETS, type Target } from './targets.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** Where Node looks whether it carries a program (https://nodejs.org/api/single-executable-applications.html). */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';
const run = promisify(execFile);

interface Choices {
  target: string;
  out: string;
  ffmpeg: boolean;
  given: { ffmpeg?: string | undefined; ffprobe?: string | undefined };
}

function readChoices(args: string[]): Choices {
  const { values } = parseArgs({
    args,
    options: {
      target: { type: 'string', default: hostTarget() ?? '' },
      out: { type: 'string' },
      'with-ffmpeg': { type: 'boolean', default: false },
      ffmpeg: { type: 'string' },
      ffprobe: { type: 'string' },
    },
  });
  const { target, out, ffmpeg, ffprobe } = values;
  if (!Object.hasOwn(TARGETS, target)) throw new Error(`Say --target ${Object.keys(TARGETS).join(', ')}.`);
  const suffix = (target === hostTarget() ? '' : `-${target}`) + (target.startsWith('win') ? '.exe' : '');
  return {
    target,
    out: resolve(out ?? join(ROOT, 'dist', `kinora${suffix}`)),
    ffmpeg: values['with-ffmpeg'] || ffmpeg !== undefined,
    given: { ffmpeg, ffprobe },
  };
}

async function main(choices: Choices): Promise<void> {
  const started = performance.now();
  if (!existsSync(join(ROOT, 'dist/web/index.html'))) throw new Error('The web interface comes first: npm run build.');
  const target = TARGETS[choices.target]!;
  const programs = choices.ffmpeg ? await ffmpegToEmbed(choices.target, target, choices.given) : {};
  const packages = await packagesFor(choices.target, target);
  mkdirSync(dirname(choices.out), { recursive: true });
  // Beside what it becomes, so that the last step is a rename.
  const work = mkdtempSync(join(dirname(choices.out), '.kinora-binary-'));
  try {
    const { files, addons } = nativeFiles(target, packages);
    const main = await bundle('src/binary.ts', work, 'main.cjs');
    const assets = joinedAssets(
      {
        ...plainAssets(),
        ...(await bundledThreads(work)),
        ...(await packagesApart(work)),
        ...packedAssets(files, programs, addons, work),
      },
      work,
    );
    const node = join(packages, 'node_modules', target.node.name, target.node.file);
    const blob = await makeBlob(target, main, assets, work);
    await inject(target, node, blob, choices.out, work);
    writeFileSync(`${choices.out}.licences.txt`, `${licencesText(target, packages, work)}\n`);
    if (choices.ffmpeg) writeFileSync(`${choices.out}.ffmpeg.txt`, ffmpegNotice(Object.values(programs)));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  report(choices, target, (performance.now() - started) / 1000);
}

async function packagesApart(work: string): Promise<Assets> {
  const bundled: Assets = {};
  for (const file of new Set(Object.values(APART).map(({ file }) => file))) {
    bundled[file] = await bundle(`scripts/binary/${file.replace(/js$/, 'ts')}`, work, file, { isApart: true });
  }
  return bundled;
}

/** Threads are started from code in memory. */
async function bundledThreads(work: string): Promise<Assets> {
  return {
    'packet-worker.js': await bundle('src/streaming/packager/packet-worker.ts', work, 'packet-worker.js'),
    [UNPACK_WORKER]: await bundle('src/platform/natives/unpack-worker.ts', work, UNPACK_WORKER),
  };
}

/** Program and assets as Node reads them. Compiled code in it is for the processor it was made on. */
async function makeBlob(target: Target, main: string, assets: Assets, work: string): Promise<string> {
  const output = join(work, 'blob');
  const config = join(work, 'sea.json');
  const isHost = target.os === process.platform && target.cpu === process.arch;
  const settings = {
    main,
    output,
    disableExperimentalSEAWarning: true,
    useSnapshot: false,
    useCodeCache: isHost,
    // NODE_OPTIONS of the machine are about other programs.
    execArgvExtension: 'none',
    assets,
  };
  writeFileSync(config, JSON.stringify(settings));
  const host = TARGETS[hostTarget() ?? '']?.node;
  if (!host) throw new Error('The single binary can be made on Linux, macOS and Windows, on x64 and arm64.');
  const node = await hostNode(host.name, versionOf(target.node.name));
  await run(node, ['--experimental-sea-config', config], { cwd: work });
  return output;
}

async function inject(target: Target, node: string, blob: string, out: string, work: string): Promise<void> {
  const program = join(work, 'program');
  copyFileSync(node, program);
  chmodSync(program, 0o755);
  const postject = join(ROOT, 'node_modules/postject/dist/cli.js');
  const args = [postject, program, 'NODE_SEA_BLOB', blob, '--sentinel-fuse', FUSE, ...target.inject];
  await run(process.execPath, args, { cwd: work });
  chmodSync(program, 0o755);
  renameSync(program, out);
}

function report({ out, target: name, ffmpeg }: Choices, { note }: Target, seconds: number): void {
  const size = `${(statSync(out).size / 1e6).toFixed(0)} MB`;
  const what = `${relative(process.cwd(), out)} for ${name}${ffmpeg ? ', with ffmpeg and ffprobe (GPL)' : ''}`;
  console.log(`${what}: ${size}, in ${seconds.toFixed(0)} s.${note ? `\n${note}` : ''}`);
}

try {
  await main(readChoices(process.argv.slice(2)));
} catch (error) {
  console.error(process.env['KINORA_DEV_STACK'] ? error : (error as Error).message);
  process.exitCode = 1;
}
