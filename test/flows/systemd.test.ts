import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type NotifySocket, openNotifySocket } from '../support/notify-socket.ts';
import { type KinoraProcess, startKinora } from '../support/process.ts';

/** `Type=notify`: what the real process tells systemd, by the real systemd-notify, to a real socket. */

const canNotify = ['systemd-notify', 'python3'].every((name) => spawnSync(name, ['--version']).status === 0);
const ENV = { KINORA_LOG_LEVEL: 'info', KINORA_ENCODING_HARDWARE: 'off' };

let folder: string;
let systemd: NotifySocket;
let kinora: KinoraProcess | null;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-service-'));
  systemd = await openNotifySocket();
  kinora = null;
});
afterEach(async () => {
  await kinora?.end('SIGKILL');
  systemd.close();
  rmSync(folder, { recursive: true, force: true });
});

const heard = (assignment: string) => systemd.received.filter((line) => line === assignment).length;

describe.runIf(canNotify)('systemd', () => {
  it('is told when Kinora can serve, that it lives, and that it stops', async () => {
    const env = { ...ENV, NOTIFY_SOCKET: systemd.path, WATCHDOG_USEC: '1000000' };
    kinora = await startKinora(join(folder, 'data'), env);
    await expect.poll(() => heard('READY=1'), { timeout: 10_000 }).toBe(1);
    await expect.poll(() => heard('WATCHDOG=1'), { timeout: 10_000 }).toBeGreaterThan(2);
    expect(heard('STOPPING=1')).toBe(0);
    expect(await kinora.end('SIGTERM')).toBe(0);
    await expect.poll(() => heard('STOPPING=1'), { timeout: 10_000 }).toBe(1);
    expect(heard('READY=1')).toBe(1);
  });

  it('hears nothing more from a process that is stuck, so that its watchdog can bite', async () => {
    const env = { ...ENV, NOTIFY_SOCKET: systemd.path, WATCHDOG_USEC: '400000' };
    kinora = await startKinora(join(folder, 'data'), env);
    await expect.poll(() => heard('WATCHDOG=1'), { timeout: 10_000 }).toBeGreaterThan(1);
    process.kill(kinora.pid, 'SIGSTOP');
    // What was on its way.
    await new Promise((resolve) => setTimeout(resolve, 500));
    const before = heard('WATCHDOG=1');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(heard('WATCHDOG=1')).toBe(before);
    process.kill(kinora.pid, 'SIGCONT');
    await expect.poll(() => heard('WATCHDOG=1'), { timeout: 10_000 }).toBeGreaterThan(before);
  });

  it('gets no watchdog messages that were meant for another process', async () => {
    const env = { ...ENV, NOTIFY_SOCKET: systemd.path, WATCHDOG_USEC: '200000', WATCHDOG_PID: '1' };
    kinora = await startKinora(join(folder, 'data'), env);
    await expect.poll(() => heard('READY=1'), { timeout: 10_000 }).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(heard('WATCHDOG=1')).toBe(0);
  });

  it('that cannot be told does not keep Kinora from serving', async () => {
    kinora = await startKinora(join(folder, 'data'), { ...ENV, NOTIFY_SOCKET: join(folder, 'nobody') });
    await expect.poll(() => kinora!.output()).toContain('systemd cannot be told');
    expect((await fetch(`${kinora.url}/healthz`)).status).toBe(200);
  });

  it('can ask for files to be read again without ending it', async () => {
    kinora = await startKinora(join(folder, 'data'), ENV);
    process.kill(kinora.pid, 'SIGHUP');
    await expect.poll(() => kinora!.output()).toContain('Asked to read the certificate again, but there is none');
    expect((await fetch(`${kinora.url}/healthz`)).status).toBe(200);
  });
});
