/** What the test suites need of the machine, and how to get it there. */
import { existsSync } from 'node:fs';
import { inPath } from './ffmpeg.mjs';
import { runQuietly, Stop, say } from './process.mjs';

export const SUITES = ['unit', 'flows', 'browser', 'crash', 'security', 'binary'];

/**
 * A later suite that needs a real server adds its line here. `pinned`: the wrapper can also install its own. `some`: only some
 * tests of the suite need it, which leave themselves out where it is not there; on CI they must run.
 */
const NEEDS = [
  { suites: ['flows', 'browser', 'crash', 'security', 'binary'], binaries: ['ffmpeg'], debian: 'ffmpeg', pinned: true },
  { suites: ['browser', 'binary'], binaries: ['chromium', 'chromium-browser', 'google-chrome'], debian: 'chromium' },
  { suites: ['flows', 'crash'], binaries: ['redis-server'], debian: 'redis-server', some: true },
  { suites: ['flows'], binaries: ['mpv'], debian: 'mpv', some: true },
  { suites: ['flows', 'browser'], binaries: ['nginx'], debian: 'nginx', some: true },
  { suites: ['flows'], binaries: ['caddy'], debian: 'caddy', some: true },
  { suites: ['unit', 'flows', 'browser', 'binary'], binaries: ['openssl'], debian: 'openssl', some: true },
  { suites: ['unit', 'flows'], binaries: ['systemd-notify'], debian: 'systemd', some: true },
  { suites: ['flows'], binaries: ['python3'], debian: 'python3', some: true },
  { suites: ['flows'], binaries: ['promtool'], debian: 'prometheus', some: true },
  { suites: ['unit'], binaries: ['zsh'], debian: 'zsh', some: true },
  { suites: ['unit'], binaries: ['fish'], debian: 'fish', some: true },
  {
    suites: ['unit', 'flows'],
    binaries: ['radosgw'],
    debian: 'radosgw ceph-mon ceph-osd ceph-mgr ceph-common',
    some: true,
  },
  { suites: ['flows'], binaries: ['cvlc'], debian: 'vlc-bin vlc-plugin-base', some: true },
  {
    suites: ['flows'],
    binaries: ['gst-launch-1.0'],
    debian: [
      'gstreamer1.0-tools gstreamer1.0-libav',
      ...['base', 'good', 'bad'].map((set) => `gstreamer1.0-plugins-${set}`),
    ].join(' '),
    some: true,
  },
];

/**
 * Gets what `npm test` with these arguments needs. Returns the suites that cannot run here, each with the reason.
 * As root on Debian it installs what is missing; on CI anything that stays missing is an error.
 */
export async function prepareSuites(args) {
  const wanted = args.length === 0 ? SUITES : SUITES.filter((suite) => args.some((arg) => names(arg, suite)));
  const missing = () =>
    NEEDS.filter((need) => need.suites.some((suite) => wanted.includes(suite)) && !need.binaries.some(inPath));
  if (missing().length > 0 && existsSync('/etc/debian_version') && process.getuid?.() === 0) {
    await aptInstall(missing().flatMap((need) => need.debian.split(' ')));
  }
  const lacking = missing().filter((need) => !need.pinned);
  if (lacking.length > 0 && process.env.CI) {
    throw new Stop(`The tests need ${lacking.map((need) => need.debian).join(' and ')}, and CI must run them all.`);
  }
  const skipped = {};
  for (const need of lacking.filter(({ some }) => !some)) {
    for (const suite of need.suites) skipped[suite] = `it needs ${need.debian}, which is not installed`;
  }
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    skipped.binary = 'the ffmpeg it carries is for Linux x64';
  }
  return skipped;
}

/** "browser" and "test/browser/watch.test.ts" both mean the browser suite. */
function names(arg, suite) {
  return arg === suite || arg.startsWith(`test/${suite}`);
}

async function aptInstall(packages) {
  say(`Installing what the tests need from Debian's packages: ${packages.join(', ')}.`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const update = await runQuietly('apt-get', ['update', '-q'], { env });
  const install = await runQuietly('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], { env });
  if (install.code === 0) return;
  process.stderr.write(`${update.code === 0 ? install.output : update.output}\n`);
  say('That did not work; apt-get says why above.');
}
