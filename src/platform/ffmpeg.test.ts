import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFfmpeg, type Ffmpeg } from './ffmpeg.ts';

/** Programs that behave as ffmpeg may: small shell scripts in its place. */

let folder: string;
const started: Ffmpeg[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-ffmpeg-'));
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((ffmpeg) => ffmpeg.close()));
  rmSync(folder, { recursive: true, force: true });
});

function playing(script: string): Ffmpeg {
  const path = join(folder, 'ffmpeg');
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  const ffmpeg = createFfmpeg({ ffmpeg: path, ffprobe: path });
  started.push(ffmpeg);
  return ffmpeg;
}

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('a child', () => {
  it('that ends well gives what it printed', async () => {
    expect((await playing('echo "$1"').start(['it works']).done).toString()).toBe('it works\n');
  });

  it('gets its arguments as they are, never through a shell', async () => {
    const odd = '"; touch $HOME/hacked; $(reboot) `x` \n *';
    expect((await playing('printf %s "$1"').start([odd]).done).toString()).toBe(odd);
  });

  it('that is not there is missing', async () => {
    const ffmpeg = createFfmpeg({ ffmpeg: join(folder, 'none'), ffprobe: join(folder, 'none') });
    await expect(ffmpeg.start([]).done).rejects.toMatchObject({ reason: 'missing' });
    expect(ffmpeg.version()).toBeNull();
  });

  it('that fails keeps its last words', async () => {
    const { done } = playing('echo one >&2; echo "Invalid data found" >&2; exit 1').start([]);
    await expect(done).rejects.toMatchObject({
      reason: 'failed',
      message: 'Invalid data found',
      log: 'one\nInvalid data found\n',
    });
  });

  it('that hangs is stopped when its time is over, even when it does not listen', async () => {
    const { done, pid } = playing('trap "" TERM; while :; do sleep 0.05; done').start([], { timeoutMs: 100 });
    await expect(done).rejects.toMatchObject({ reason: 'hung' });
    expect(isAlive(pid!)).toBe(false);
  });

  it('that is killed by somebody else says so', async () => {
    const { done, pid } = playing('exec sleep 30').start([]);
    setTimeout(() => process.kill(pid!, 'SIGKILL'), 50);
    await expect(done).rejects.toMatchObject({ reason: 'killed' });
  });

  it('stops when it is told to, with the reason it was told', async () => {
    const stop = new AbortController();
    const { done, pid } = playing('exec sleep 30').start([], { signal: stop.signal, pipes: 1 });
    setTimeout(() => stop.abort(new Error('nobody watches')), 50);
    await expect(done).rejects.toThrow('nobody watches');
    expect(isAlive(pid!)).toBe(false);
  });

  it('writes each output to a pipe of its own, and waits while nobody reads', async () => {
    const { pipes, done } = playing('printf left >&3; printf right >&4').start([], { pipes: 2 });
    const texts = await Promise.all(pipes.map(text));
    expect(texts).toEqual(['left', 'right']);
    await done;
  });

  const ionice = (pid: number) => spawnSync('ionice', ['-p', String(pid)], { encoding: 'utf8' }).stdout;
  it.runIf(ionice(process.pid))(
    'in the background stands behind everybody, one somebody waits for hardly',
    async () => {
      const ffmpeg = playing('exec sleep 30');
      const background = ffmpeg.start([]).pid!;
      const watching = ffmpeg.start([], { priority: 'watching' }).pid!;
      expect(getPriority(background)).toBeGreaterThan(getPriority(watching));
      expect(getPriority(watching)).toBeGreaterThan(getPriority());
      await expect.poll(() => ionice(background), { timeout: 10_000 }).toMatch(/idle/);
      expect(ionice(watching)).not.toMatch(/idle/);
    },
  );

  it('does not outlive the server', async () => {
    const ffmpeg = playing('exec sleep 30');
    const { pid, done } = ffmpeg.start([]);
    const ended = expect(done).rejects.toMatchObject({ reason: 'killed' });
    await ffmpeg.close();
    await ended;
    expect(isAlive(pid!)).toBe(false);
    expect(ffmpeg.running()).toBe(0);
  });
});
