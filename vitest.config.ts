import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const everywhere = ['**/node_modules/**', 'dist/**', 'data/**'];

/** One project for each suite of `npm test`. Seconds, since most of them wait for a real ffmpeg or a real browser. */
function suite(
  name: string,
  include: string[],
  timeoutSeconds: number,
  setupSeconds = timeoutSeconds,
  more: { env?: Record<string, string>; globalSetup?: string } = {},
) {
  return {
    extends: true as const,
    test: {
      ...more,
      name,
      include,
      exclude: everywhere,
      testTimeout: timeoutSeconds * 1000,
      hookTimeout: setupSeconds * 1000,
    },
  };
}

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  test: {
    // Native packages and child processes: one process a file keeps a crash in its own file.
    pool: 'forks',
    // The machines that run this have two cores, and the tests of media keep ffmpeg busy beside them.
    maxWorkers: 2,
    teardownTimeout: 20_000,
    // What is polled for comes when the machine has time for it; a second is too little beside an ffmpeg.
    expect: { poll: { timeout: 10_000 } },
    // It imports JSON as only bundlers take it.
    server: { deps: { inline: [/@actions\/(?:workflow-parser|expressions)/] } },
    projects: [
      suite(
        'unit',
        [
          'src/**/*.test.ts',
          'web/**/*.test.{ts,tsx}',
          'scripts/**/*.test.ts',
          'test/{contracts,golden,unit,upgrade}/**/*.test.ts',
        ],
        15,
      ),
      suite('flows', ['test/flows/**/*.test.ts'], 240),
      suite('browser', ['test/browser/**/*.test.ts'], 120),
      suite('crash', ['test/crash/**/*.test.ts'], 240),
      // The flows of other suites once more, through the one file that people download; fewer kills, since each counts here as there.
      suite(
        'binary',
        [
          'test/binary/**/*.test.ts',
          'test/browser/first-evening.test.ts',
          'test/crash/kill-9.test.ts',
          'test/flows/https.test.ts',
        ],
        240,
        120,
        {
          env: { KINORA_TEST_BINARY: fileURLToPath(new URL('dist/kinora', import.meta.url)), KINORA_TEST_ROUNDS: '5' },
          globalSetup: './test/binary/build.ts',
        },
      ),
      suite('security', ['test/security/**/*.test.ts'], 60, 120),
    ],
  },
});
