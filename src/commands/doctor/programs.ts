import { existsSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { type Check, type Finding, note, ok, type Patient, problem, warning } from './check.ts';

/** Node and ffmpeg: what Kinora runs on. */

const OLDEST_NODE = [24, 9];
const OLDEST_FFMPEG = [5, 1];

export const nodeCheck: Check = {
  title: 'Node',
  run() {
    const { version, platform, arch } = process;
    const text = `${version} on ${platform} ${arch}`;
    const todo = `Kinora needs Node ${OLDEST_NODE.join('.')} or newer: start it by "npm start", which fetches one.`;
    return [isAtLeast(version, OLDEST_NODE) ? ok(text) : problem(text, todo)];
  },
};

export const ffmpegCheck: Check = {
  title: 'ffmpeg',
  async run(patient) {
    const findings = await Promise.all([
      programFinding(patient, 'ffmpeg', () => patient.ffmpeg.start(['-hide_banner', '-version'], LIMIT).done),
      programFinding(patient, 'ffprobe', () => patient.ffmpeg.probe(['-hide_banner', '-version'], LIMIT)),
    ]);
    if (findings[0]!.state === 'problem') return findings;
    return [...findings, await licenceFinding(patient), ...(await partFindings(patient))];
  },
};

const LIMIT = { timeoutMs: 15_000 };

async function programFinding(
  { config }: Patient,
  name: 'ffmpeg' | 'ffprobe',
  run: () => Promise<Buffer>,
): Promise<Finding> {
  const where = config.media[name] || findInPath(name) || name;
  try {
    const version = /version (\S+)/.exec((await run()).toString())?.[1] ?? 'unknown';
    // Builds of the day are named after their commit.
    const isOld = /^n?\d+\.\d/.test(version) && !isAtLeast(version, OLDEST_FFMPEG);
    const text = `${name} ${version} at ${where}`;
    return isOld ? problem(text, `Install ${name} ${OLDEST_FFMPEG.join('.')} or newer.`) : ok(text);
  } catch (error) {
    const why = (error as Error).message;
    return problem(`${name} cannot be started: ${why}`, `Install ffmpeg, or say where it is: media.${name}.`);
  }
}

async function licenceFinding({ ffmpeg }: Patient): Promise<Finding> {
  const printed = (await ffmpeg.start(['-hide_banner', '-version'], LIMIT).done).toString();
  if (printed.includes('--enable-nonfree')) {
    return note('built with non-free parts: it may be used, but not be passed on to others');
  }
  return ok(printed.includes('--enable-gpl') ? 'licensed under the GPL' : 'licensed under the LGPL');
}

/** What Kinora asks of ffmpeg, and what cannot be done without it. */
const NEEDED = {
  encoders: {
    libx264: 'H.264, the quality that plays everywhere',
    aac: 'sound that plays everywhere',
  },
  filters: { scale: 'other sizes than the original', aresample: 'encoded sound', trim: 'segments' },
};
const WANTED = {
  encoders: {
    libx265: 'HEVC qualities',
    libsvtav1: 'AV1 qualities',
    'libvpx-vp9': 'VP9 qualities',
    libopus: 'Opus sound',
  },
  filters: {
    zscale: 'HDR films in exactly the right colours on ordinary screens',
    tonemap: 'HDR films in exactly the right colours on ordinary screens',
    bwdif: 'interlaced video at its best',
    subtitles: 'burnt-in text subtitles',
    overlay: 'burnt-in picture subtitles',
    ebur128: 'equal loudness',
  },
};

async function partFindings({ ffmpeg }: Patient): Promise<Finding[]> {
  const list = async (what: string) => (await ffmpeg.start(['-hide_banner', what], LIMIT).done).toString();
  const have = {
    encoders: new Set([...(await list('-encoders')).matchAll(/^ [VAS]\S{5} (\S+)/gm)].map((match) => match[1])),
    filters: new Set([...(await list('-filters')).matchAll(/^ [T.][S.][C.]? (\S+)/gm)].map((match) => match[1])),
  };
  const without = (parts: typeof NEEDED | typeof WANTED, say: typeof problem) =>
    (['encoders', 'filters'] as const).flatMap((kind) =>
      Object.entries(parts[kind])
        .filter(([name]) => !have[kind].has(name))
        .map(([name, what]) => say(`${kind.slice(0, -1)} ${name} is missing: no ${what}`, MORE)),
    );
  const missing = [...without(NEEDED, problem), ...without(WANTED, warning)];
  return missing.length > 0 ? missing : [ok('has every encoder and filter that Kinora uses')];
}

const MORE = "Install a full build of ffmpeg: Debian's and Ubuntu's have everything.";

function isAtLeast(version: string, least: number[]): boolean {
  const [major = 0, minor = 0] = (/\d+(\.\d+)*/.exec(version)?.[0] ?? '0').split('.').map(Number);
  return major > least[0]! || (major === least[0] && minor >= least[1]!);
}

function findInPath(name: string): string | null {
  if (isAbsolute(name)) return name;
  const names = process.platform === 'win32' ? [`${name}.exe`] : [name];
  const paths = (process.env['PATH'] ?? '').split(delimiter).flatMap((folder) => names.map((own) => join(folder, own)));
  return paths.find((path) => existsSync(path)) ?? null;
}
