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

describe.skipIf(!hasBash)('bash', () => {
  it.each([
    [[''], ['serve', 'health', 'config', 'doctor', 'user', 'library', 'scan', 'video', 'jobs', 'completion', 'help']],
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
    expect(offered(...words).length).toBeLessThanOrEqual(expected.length + (words[0] === '' ? 3 : 0));
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

describe('every shell', () => {
  it.each(['zsh', 'fish'])('%s takes the script, where it is installed', (shell) => {
    const script = shell === 'zsh' ? zshScript(tree) : fishScript(tree);
    expect(script).toContain('sessions');
    expect(script).toContain('--visibility'.replace('--', shell === 'fish' ? '-l ' : '--'));
    const path = join(folder, `script.${shell}`);
    writeFileSync(path, script);
    const { error, status, stderr } = spawnSync(shell, ['-n', path], { encoding: 'utf8' });
    if (!error) expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});
