/** ffmpeg and ffprobe: the user's, those in PATH, or a pinned pair from the npm registry. */
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { isInstalled, npmCi } from './npm.mjs';
import { say } from './process.mjs';

const LEAST = [5, 1];
const WINDOWS = process.platform === 'win32';

/** The first file of that name in PATH, or null. */
export function inPath(name) {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const file = join(folder, WINDOWS ? `${name}.exe` : name);
    try {
      if (folder && statSync(file).isFile()) return file;
    } catch {
      // Not in this one.
    }
  }
  return null;
}

/** `ffmpeg version 5.1.9-0+deb12u1` and `n7.0` by number; builds from git carry none and are taken as new. */
export function isRecent(banner) {
  const [, name] = /^ff(?:mpeg|probe) version (\S+)/.exec(banner) ?? [];
  if (!name) return false;
  const [, major, minor] = /^n?(\d{1,2})\.(\d+)/.exec(name) ?? [];
  if (!major) return true;
  return Number(major) > LEAST[0] || (Number(major) === LEAST[0] && Number(minor) >= LEAST[1]);
}

/**
 * Makes sure of an ffmpeg. `env` is the environment that the program will get: the pinned pair is put into it, and
 * nothing at all where the user has said anything about ffmpeg, there or in the configuration file.
 */
export function ffmpegStep(root, env, args) {
  const folder = join(root, 'tools', 'ffmpeg');
  const pinned = {
    ffmpeg: join(folder, 'node_modules', '@ffmpeg-binary', 'linux-x64', 'ffmpeg'),
    ffprobe: join(folder, 'node_modules', '@ffprobe-installer', 'linux-x64', 'ffprobe'),
  };
  const use = () => {
    env.KINORA_MEDIA_FFMPEG = pinned.ffmpeg;
    env.KINORA_MEDIA_FFPROBE = env.KINORA_MEDIA_FFPROBE || pinned.ffprobe;
  };
  const ready = () => existsSync(pinned.ffmpeg) && existsSync(pinned.ffprobe) && isInstalled(folder);
  const needed = async () => {
    if (env.KINORA_MEDIA_FFMPEG || isConfigured(args)) return false;
    if (await pathHasBoth()) return false;
    if (!ready()) return true;
    use();
    return false;
  };
  const run = async () => {
    const glibc = process.platform === 'linux' && Boolean(process.report?.getReport().header.glibcVersionRuntime);
    if (!glibc || process.arch !== 'x64') {
      say(`There is no ffmpeg ${LEAST.join('.')} or newer, which is needed to encode. ${advice()}`);
      return;
    }
    say(`There is no ffmpeg ${LEAST.join('.')} or newer in PATH: installing one (GPL) into tools/ffmpeg.`);
    const failure = await npmCi(folder);
    if (failure !== null || !existsSync(pinned.ffmpeg) || !existsSync(pinned.ffprobe)) {
      say(`That did not work. ${advice()}`);
      return;
    }
    chmodSync(pinned.ffmpeg, 0o755);
    chmodSync(pinned.ffprobe, 0o755);
    use();
  };
  return { needed, run };
}

/** Both, since some systems package them apart. */
async function pathHasBoth() {
  const found = ['ffmpeg', 'ffprobe'].map(inPath);
  if (found.includes(null)) return false;
  const banners = await Promise.all(found.map(banner));
  return banners.every(isRecent);
}

function banner(exe) {
  return new Promise((resolve) => {
    const child = spawn(exe, ['-version'], { stdio: ['ignore', 'pipe', 'ignore'] });
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
    });
    child.on('error', () => resolve(''));
    child.on('close', () => resolve(text));
  });
}

/** Whether the configuration file names an ffmpeg; an environment variable of ours would overrule it. */
function isConfigured(args) {
  const option = (name) => {
    const at = args.findIndex((arg) => arg === name || arg.startsWith(`${name}=`));
    return at < 0 ? undefined : args[at] === name ? args[at + 1] : args[at].slice(name.length + 1);
  };
  const dataFolder = option('--data') ?? (process.env.KINORA_DATA_DIR || 'data');
  const file = option('--config') ?? (process.env.KINORA_CONFIG || join(dataFolder, 'kinora.yaml'));
  try {
    return /^\s+ffmpeg:\s*['"]?[^\s'"#]/m.test(readFileSync(file, 'utf8'));
  } catch {
    return false;
  }
}

function advice() {
  if (process.platform === 'darwin') return 'Install it with "brew install ffmpeg".';
  if (WINDOWS) return 'Install it with "winget install ffmpeg".';
  if (existsSync('/etc/alpine-release')) return 'Install it with "apk add ffmpeg".';
  if (existsSync('/etc/debian_version')) return 'Install it with "apt-get install ffmpeg".';
  return "Install your system's ffmpeg package, or set KINORA_MEDIA_FFMPEG to the path of one.";
}
