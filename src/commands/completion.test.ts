import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { bashScript, fishScript, zshScript } from './completion-scripts.ts';
import { completionTree } from './completion-tree.ts';
import { createProgram } from './program.ts';

const tree = completionTree(createProgram());
const folder = mkdtempSync(join(tmpdir(), 'kinora-completion-test-'));
mkdirSync(join(folder, 'films'));
writeFileSync(join(folder, 'faust 1926.mp4'), '');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const hasBash = spawnSync('bash', ['--version']).status === 0;

/** What bash offers when TAB is pressed behind these words. */
function offered(...words: string[]): string[] {
  const script = `${bashScript(tree)}
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
    _kinora; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr, status } = spawnSync('bash', ['--norc', '-c', script, 'bash', 'kinora', ...words], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout.split('\n').filter((line) => line !== '');
}

const ALL_COMMANDS = [
  ...['serve', 'worker', 'health', 'config', 'doctor', 'user', 'library', 'scan', 'video', 'jobs', 'storage'],
  ...['backup', 'restore', 'rollback', 'completion', 'help'],
];

describe.skipIf(!hasBash)('bash', () => {
  it.each([
    [[''], ALL_COMMANDS],
    [
      ['user', 'r'],
      ['remove', 'reset-link', 'restore', 'revoke-invite', 'role'],
    ],
    [
      ['user', 'sessions', ''],
      ['end', 'help'],
    ],
    [
      ['user', 'role', 'ada', ''],
      ['admin', 'moderator', 'member'],
    ],
    [['user', 'role', ''], []],
    [['user', 'add', 'ada', '--ro'], ['--role']],
    [
      ['user', 'add', '--role', 'm'],
      ['moderator', 'member'],
    ],
    [['user', 'add', '--email', ''], []],
    [['jobs', 'list', '--state', 'failed', '--lane', 'pro'], ['probe']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['doctor', '--js'], ['--json']],
    // Options of "serve", which is what runs without a command.
    [['--po'], ['--port']],
  ])('completes %j', (words, expected) => {
    expect(offered(...words)).toEqual(expect.arrayContaining(expected));
    expect(offered(...words).length).toBeLessThanOrEqual(expected.length);
  });

  it('offers files where a file is wanted, and folders where a folder is', () => {
    expect(offered('video', 'import', '--as', 'ada', 'fa')).toEqual(['faust 1926.mp4']);
    expect(offered('user', 'list', '--data', 'f')).toEqual(['films']);
    expect(offered('library', 'add', 'Films', 'f')).toEqual(['films']);
    expect(offered('library', 'add', 'f')).toEqual([]);
    // As bash takes "--data=f" apart.
    expect(offered('user', 'list', '--data', '=', 'f')).toEqual(['films']);
    expect(offered('user', 'list', '--data', 'films', '')).toEqual([]);
  });
});

const SHELLS = join(import.meta.dirname, '../../test/support/shells');

/** What an interactive zsh, on a terminal of its own, offers at TAB. */
function offeredByZsh(line: string): string[] {
  writeFileSync(join(folder, '_kinora'), zshScript(tree));
  const { stdout, error } = spawnSync('zsh', ['-f', join(SHELLS, 'zsh-tab.zsh'), folder, line], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 30_000,
  });
  expect(error).toBeUndefined();
  const offer = /<offered\s([\s\S]*?)offered>/.exec(stdout.replaceAll('\r', ''))?.[1];
  expect(offer, stdout).toBeDefined();
  return [...new Set(offer!.split('\n').filter((found) => found.trim() !== ''))].sort();
}

/** What fish says it offers, each with its description behind a tab. */
function offeredByFish(line: string): string[] {
  writeFileSync(join(folder, 'kinora.fish'), fishScript(tree));
  const command = 'source kinora.fish; complete -C $argv[1]';
  const { stdout, stderr, status } = spawnSync('fish', ['--no-config', '-c', command, line], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, HOME: folder },
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout
    .split('\n')
    .filter((found) => found !== '')
    .map((found) => found.split('\t')[0]!.replace(/\/$/, ''))
    .sort();
}

const LINES: [line: string, offer: string[]][] = [
  ['kinora user sessions ', ['end', 'help']],
  ['kinora user role ada ', ['admin', 'member', 'moderator']],
  ['kinora user add --role m', ['member', 'moderator']],
  ['kinora user add ada --ro', ['--role']],
  ['kinora --po', ['--port']],
  ['kinora jobs list --state failed --lane pro', ['probe']],
  ['kinora completion ', ['bash', 'fish', 'zsh']],
  ['kinora video import --as ada fa', ['faust 1926.mp4']],
  ['kinora user list --data f', ['films']],
  ['kinora library add Films f', ['films']],
];

describe.each([
  ['zsh', offeredByZsh],
  ['fish', offeredByFish],
] as const)('%s', (shell, offers) => {
  const hasShell = spawnSync(shell, ['--version']).status === 0;
  if (process.env['CI'] && !hasShell) throw new Error(`CI must have ${shell}`);

  it.runIf(hasShell).each(LINES)('completes "%s"', (line, offer) => {
    expect(offers(line)).toEqual(offer);
  });

  it.runIf(hasShell)('offers every command', () => {
    const names = tree.find(({ path }) => path === '')!.commands.map(({ name }) => name);
    expect(offers('kinora ')).toEqual(expect.arrayContaining(names));
  });
});
