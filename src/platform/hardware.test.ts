import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeBreakableCard } from '../../test/support/broken-hardware.ts';
import type { HardwareEncoder } from '../media/encode/encoders/hardware-kinds.ts';
import { createFakeClock } from './clock.ts';
import { createFfmpeg, FfmpegError } from './ffmpeg.ts';
import { createHardware, type HardwareSettings, restingHardware, tryHardware } from './hardware.ts';
import { deviceIds, devicesFor, listDevices, missingDevice } from './hardware-devices.ts';
import { createLog } from './log.ts';

const REAL = process.env['KINORA_MEDIA_FFMPEG'] || 'ffmpeg';
const FFPROBE = process.env['KINORA_MEDIA_FFPROBE'] || 'ffprobe';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-hardware-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function setUp(name: string, settings: HardwareSettings, ffmpegPath: string) {
  const own = join(folder, name);
  mkdirSync(own, { recursive: true });
  const lines: string[] = [];
  const log = createLog({ level: 'info', json: false, write: (line) => lines.push(line) });
  const clock = createFakeClock();
  const ffmpeg = createFfmpeg({ ffmpeg: ffmpegPath, ffprobe: FFPROBE });
  return { ports: { ffmpeg, clock, log, settings, folder: own, tmpFolder: own }, lines, clock, own };
}

describe('a machine without the device that is asked for', () => {
  it('encodes in software, and says why', async () => {
    const { ports, lines } = setUp('none', { hardware: 'nvenc', device: '' }, REAL);
    const hardware = createHardware(ports);
    expect(hardware.encoderFor('h264')).toBeNull();
    hardware.start();
    await hardware.settled();
    expect(hardware.encoderFor('h264')).toBeNull();
    expect(lines.join('')).toMatch(/encoding\.hardware is "nvenc", but .*(libcuda|built without it|no card)/);
    await hardware.close();
  });

  it('tries nothing when hardware is off', async () => {
    const { ports, lines } = setUp('off', { hardware: 'off', device: '' }, '/nonexistent/ffmpeg');
    const hardware = createHardware(ports);
    hardware.start();
    await hardware.settled();
    expect(lines).toEqual([]);
  });

  it('says of each kind why not', async () => {
    const { ports } = setUp('all', { hardware: 'auto', device: '' }, REAL);
    const findings = await tryHardware(ports, { all: true, devices: [] });
    expect(new Set(findings.map(({ family }) => family)).size).toBe(6);
    for (const { encoder, failure } of findings) {
      if (failure) expect(failure.reason, encoder).not.toMatch(/^ffmpeg says/);
    }
  });
});

describe('a machine with a card', () => {
  it('finds it by a trial, remembers it, and rests it when it breaks, longer each time', async () => {
    const card = makeBreakableCard(folder);
    const { ports, lines, clock, own } = setUp('card', { hardware: 'auto', device: '' }, card.ffmpeg);
    const hardware = createHardware(ports);
    hardware.start();
    await hardware.settled();
    const encoder = hardware.encoderFor('h264')!;
    expect(encoder).toMatchObject({ family: 'nvenc', encoder: 'h264_nvenc', device: null });
    expect(hardware.encoderFor('vp9')).toBeNull();
    expect(lines.join('')).toContain('Videos are encoded in hardware: h264_nvenc, hevc_nvenc');
    expect(readdirSync(own).filter((name) => name.startsWith('part-'))).toEqual([]);

    const death = new FfmpegError('failed', 'last words', '[h264_nvenc @ 0x1] EncodePicture failed!: device lost');
    hardware.failed(encoder, death);
    hardware.failed(encoder, death);
    expect(hardware.encoderFor('h264')).toBeNull();
    expect(restingHardware(own, clock.nowMs())).toMatchObject([{ encoder: 'h264_nvenc', count: 1 }]);
    expect(lines.join('')).toMatch(
      /h264_nvenc failed while encoding \(.*device lost.*\)\. Software goes on, for 10 minutes/,
    );
    await clock.advance(10 * 60_000);
    expect(hardware.encoderFor('h264')).toEqual(encoder);
    hardware.failed(encoder, death);
    await clock.advance(19 * 60_000);
    expect(hardware.encoderFor('h264')).toBeNull();
    await clock.advance(60_000);
    hardware.succeeded(hardware.encoderFor('h264') as HardwareEncoder);
    expect(restingHardware(own, clock.nowMs())).toEqual([]);
    await hardware.close();

    // The next start knows without a trial, which would fail now.
    card.breakAfter(3);
    const next = createHardware(ports);
    next.start();
    await next.settled();
    expect(next.encoderFor('h264')).toEqual(encoder);
    await next.close();
  });

  it('does not believe a card that loses frames', async () => {
    const card = makeBreakableCard(folder);
    card.breakAfter(7);
    const { ports } = setUp('liar', { hardware: 'nvenc', device: '' }, card.ffmpeg);
    const [finding] = await tryHardware(ports, {});
    expect(finding!.failure?.reason).toMatch(/device lost/);
  });

  it('gives up on one that does not answer, and is stopped with the server', async () => {
    const path = join(folder, 'hung');
    writeFileSync(path, `#!/bin/sh\ncase "$*" in *nvenc*) exec sleep 60;; *) exec ${REAL} "$@";; esac\n`);
    chmodSync(path, 0o755);
    const { ports } = setUp('hung-card', { hardware: 'nvenc', device: '' }, path);
    const hardware = createHardware(ports);
    hardware.start();
    await new Promise((resolve) => setTimeout(resolve, 300));
    await hardware.close();
    expect(hardware.encoderFor('h264')).toBeNull();
    expect(existsSync(join(ports.folder, 'hardware.json'))).toBe(false);
    await ports.ffmpeg.close();
  });
});

describe('devices', () => {
  it('are found with their vendor and whether they may be opened', () => {
    const root = join(folder, 'root');
    for (const path of ['dev/dri', 'sys/class/drm/renderD128/device', 'sys/class/drm/renderD129/device']) {
      mkdirSync(join(root, path), { recursive: true });
    }
    for (const path of ['dev/dri/renderD128', 'dev/dri/renderD129', 'dev/dri/card0', 'dev/video11', 'dev/null']) {
      writeFileSync(join(root, path), '');
    }
    writeFileSync(join(root, 'sys/class/drm/renderD128/device/vendor'), '0x1002\n');
    writeFileSync(join(root, 'sys/class/drm/renderD129/device/vendor'), '0x8086\n');
    const devices = listDevices(root);
    expect(devices).toEqual([
      { path: '/dev/dri/renderD128', kind: 'render', mayOpen: true, vendor: '0x1002' },
      { path: '/dev/dri/renderD129', kind: 'render', mayOpen: true, vendor: '0x8086' },
      { path: '/dev/video11', kind: 'video', mayOpen: true, vendor: null },
    ]);
    expect(devicesFor('vaapi', devices, '')).toEqual(['/dev/dri/renderD128', '/dev/dri/renderD129']);
    expect(devicesFor('qsv', devices, '')).toEqual(['/dev/dri/renderD129']);
    expect(devicesFor('vaapi', devices, '/dev/dri/renderD129')).toEqual(['/dev/dri/renderD129']);
    expect(devicesFor('nvenc', devices, '1')).toEqual(['1']);
    expect(deviceIds(devices)).not.toBe(deviceIds(devices.slice(1)));
  });

  it.skipIf(process.platform !== 'linux')('tell why a family cannot work', () => {
    const closed = { path: '/dev/dri/renderD128', kind: 'render', mayOpen: false, vendor: '0x1002' } as const;
    expect(missingDevice('vaapi', [], '')?.reason).toBe('there is no device /dev/dri/renderD*');
    expect(missingDevice('vaapi', [closed], '')).toMatchObject({
      reason: '/dev/dri/renderD128 exists, but may not be opened',
      todo: expect.stringMatching(/to the group "render"/),
    });
    const open = { ...closed, mayOpen: true };
    expect(missingDevice('vaapi', [open], '')).toBeNull();
    expect(missingDevice('vaapi', [open], '/dev/dri/renderD200')?.todo).toMatch(/encoding\.device/);
    expect(missingDevice('qsv', [open], '')?.reason).toBe('the graphics device is not from Intel');
    expect(missingDevice('v4l2m2m', [open], '')?.reason).toBe('there is no device /dev/video*');
    expect(missingDevice('videotoolbox', [], '')?.reason).toBe('only macOS has it');
  });
});
