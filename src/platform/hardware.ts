import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MINUTE_MS, SECOND_MS, type TimeMs } from '../core/time.ts';
import {
  type HARDWARE_CHOICES,
  HARDWARE_FAMILIES,
  type HardwareCodec,
  type HardwareEncoder,
  type HardwareFamily,
} from '../media/encode/encoders/hardware-kinds.ts';
import {
  CARD_IS_BUSY,
  type HardwareReason,
  judgeTrial,
  listedEncoders,
  readReason,
  trialArgv,
  trialProbeArgv,
} from '../media/encode/encoders/hardware-trial.ts';
import type { Clock } from './clock.ts';
import { type Ffmpeg, FfmpegError } from './ffmpeg.ts';
import { type Device, deviceIds, devicesFor, listDevices, missingDevice } from './hardware-devices.ts';
import type { Log } from './log.ts';

export interface HardwareSettings {
  hardware: (typeof HARDWARE_CHOICES)[number];
  /** A render node, or a number of an NVIDIA card; empty chooses. */
  device: string;
}

/** What became of one encoder's trial. */
export interface HardwareFinding extends HardwareEncoder {
  /** Null where it works. */
  failure: HardwareReason | null;
}

/** An encoder that failed while it was used. */
export interface HardwareFailure {
  encoder: string;
  reason: string;
  atMs: TimeMs;
  /** It is not asked again before. */
  untilMs: TimeMs;
  count: number;
}

/** The devices that encode here, found out in the background and watched while they work. */
export interface Hardware {
  /** The device to encode a codec with now; null says software. Never waits: until the trials are over it is software. */
  encoderFor(codec: string): HardwareEncoder | null;
  /** It failed in the middle of work: it rests, for longer each time. */
  failed(own: HardwareEncoder, error: Error): void;
  succeeded(own: HardwareEncoder): void;
  /** Begins the trials. */
  start(): void;
  /** Resolves when the trials are over. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** Behind everything else a busy machine would not get to it in time, and a device that works would count as hanging. */
const TRIAL = { timeoutMs: 15 * SECOND_MS, priority: 'watching' } as const;
const FIRST_REST_MS = 10 * MINUTE_MS;
const LONGEST_REST_MS = 6 * 60 * MINUTE_MS;

/** What is remembered from one start to the next, in `hardware.json` of the data folder. */
interface Memory {
  /** ffmpeg's version, the devices and the settings that `works` was found with. */
  key: string;
  works: HardwareEncoder[];
  failures: HardwareFailure[];
}

export interface HardwarePorts {
  ffmpeg: Ffmpeg;
  clock: Clock;
  log: Log;
  settings: HardwareSettings;
  /** The data folder, and one for scratch files. */
  folder: string;
  tmpFolder: string;
}

export function createHardware(ports: HardwarePorts): Hardware {
  const { clock, log, settings, folder } = ports;
  const stop = new AbortController();
  const memory: Memory = { ...readMemory(folder), works: [] };
  let trials: Promise<void> = Promise.resolve();

  async function find(): Promise<void> {
    if (settings.hardware === 'off') return;
    const devices = listDevices();
    const key = [ports.ffmpeg.version(), deviceIds(devices), settings.hardware, settings.device].join('|');
    const before = readMemory(folder);
    if (before.key === key && before.works.length > 0) {
      memory.works = before.works;
      memory.key = key;
      return;
    }
    const findings = await tryHardware(ports, { devices, signal: stop.signal });
    memory.works = findings.filter(({ failure }) => failure === null).map(({ failure: _, ...own }) => own);
    memory.key = key;
    writeMemory(folder, memory);
    announce(findings);
  }

  function announce(findings: HardwareFinding[]): void {
    const names = memory.works.map(({ encoder }) => encoder);
    if (names.length > 0) log.info(`Videos are encoded in hardware: ${names.join(', ')}.`);
    else if (settings.hardware === 'auto') log.info('No hardware that encodes was found: software does it.');
    else {
      const { reason, todo } = findings.find(({ failure }) => failure)?.failure ?? {
        reason: 'it was not found',
        todo: null,
      };
      log.warn(
        `encoding.hardware is "${settings.hardware}", but ${reason}. ${todo ? `${todo} ` : ''}Software does it.`,
      );
    }
  }

  return {
    encoderFor(codec) {
      const nowMs = clock.nowMs();
      const rests = (name: string) =>
        memory.failures.some(({ encoder, untilMs }) => encoder === name && untilMs > nowMs);
      return memory.works.find((own) => own.codec === codec && !rests(own.encoder)) ?? null;
    },
    failed(own, error) {
      const atMs = clock.nowMs();
      const earlier = memory.failures.find(({ encoder }) => encoder === own.encoder);
      // Several runs that die with the device are one failure.
      if (earlier && earlier.untilMs > atMs) return;
      const { reason } = readReason(error instanceof FfmpegError && error.log ? error.log : error.message);
      if (reason === CARD_IS_BUSY) {
        log.info(`${own.encoder}: ${reason}. Software takes over.`);
        return;
      }
      const count = (earlier?.count ?? 0) + 1;
      const restMs = Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** (count - 1));
      const failure = { encoder: own.encoder, reason, atMs, untilMs: atMs + restMs, count };
      memory.failures = [...memory.failures.filter((other) => other !== earlier), failure];
      writeMemory(folder, memory);
      const minutes = Math.round(restMs / MINUTE_MS);
      log.warn(
        { error },
        `${own.encoder} failed while encoding (${reason}). Software goes on, for ${minutes} minutes at least.`,
      );
    },
    succeeded(own) {
      if (!memory.failures.some(({ encoder }) => encoder === own.encoder)) return;
      memory.failures = memory.failures.filter(({ encoder }) => encoder !== own.encoder);
      writeMemory(folder, memory);
    },
    start() {
      trials = find().catch((error) => {
        if (!stop.signal.aborted) log.warn({ error }, 'Hardware encoders could not be tried: software does it.');
      });
    },
    settled: () => trials,
    async close() {
      stop.abort(new Error('Kinora stops.'));
      await trials;
    },
  };
}

/**
 * Tries the encoders that the settings ask for; `all` tries every one there is, for a report. With `auto` the first family
 * that works for a codec ends the search for it.
 */
export async function tryHardware(
  ports: Pick<HardwarePorts, 'ffmpeg' | 'settings' | 'tmpFolder'>,
  options: { devices?: Device[]; signal?: AbortSignal; all?: boolean },
): Promise<HardwareFinding[]> {
  const { ffmpeg, settings } = ports;
  const { devices = listDevices(), signal, all = false } = options;
  const listed = listedEncoders((await ffmpeg.start(['-hide_banner', '-encoders'], TRIAL).done).toString());
  const { hardware } = settings;
  const families: readonly HardwareFamily[] =
    all || hardware === 'auto' || hardware === 'off' ? HARDWARE_FAMILIES : [hardware];
  const findings: HardwareFinding[] = [];
  const done = new Set<HardwareCodec>();
  for (const family of families) {
    for (const codec of ['h264', 'hevc', 'av1'] as const) {
      if (done.has(codec) && !all) continue;
      const encoder = `${codec}_${family}`;
      const own: HardwareEncoder = { family, encoder, codec, device: null, lowPower: false };
      const without = listed.has(encoder)
        ? missingDevice(family, devices, settings.device)
        : readReason('Unknown encoder');
      const finding = without ? { ...own, failure: without } : await tryDevices(ports, own, devices, signal);
      findings.push(finding);
      if (finding.failure === null) done.add(codec);
      // What cannot make H.264 is not there at all: the same reason need not be found three times.
      if (codec === 'h264' && finding.failure) break;
    }
  }
  return findings;
}

/** The first device, and the first way of asking it, that works; else the reason the first one gave. */
async function tryDevices(
  ports: Pick<HardwarePorts, 'ffmpeg' | 'settings' | 'tmpFolder'>,
  own: HardwareEncoder,
  devices: Device[],
  signal?: AbortSignal,
): Promise<HardwareFinding> {
  let first: HardwareFinding | null = null;
  for (const device of devicesFor(own.family, devices, ports.settings.device)) {
    for (const lowPower of own.family === 'vaapi' || own.family === 'qsv' ? [false, true] : [false]) {
      const candidate = { ...own, device, lowPower };
      const failure = await tryOne(ports, candidate, signal);
      if (failure === null) return { ...candidate, failure };
      first ??= { ...candidate, failure };
    }
  }
  return first!;
}

async function tryOne(
  { ffmpeg, tmpFolder }: Pick<HardwarePorts, 'ffmpeg' | 'tmpFolder'>,
  own: HardwareEncoder,
  signal?: AbortSignal,
): Promise<HardwareReason | null> {
  const path = join(tmpFolder, `part-${own.encoder}-${process.pid}-${Math.random().toString(36).slice(2)}.mp4`);
  const limits = { ...TRIAL, ...(signal ? { signal } : {}) };
  try {
    await ffmpeg.start(trialArgv(own, path), limits).done;
    const wrong = judgeTrial(own, (await ffmpeg.probe(trialProbeArgv(path), limits)).toString());
    return wrong === null ? null : { reason: wrong, todo: null };
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof FfmpegError)) throw error;
    if (error.reason === 'hung')
      return { reason: 'it did not answer in time', todo: 'Look at the driver, or start the machine again.' };
    return readReason(error.log || error.message);
  } finally {
    rmSync(path, { force: true });
  }
}

/** Encoders that failed while they were used and rest now, as `kinora doctor` reads it beside a running server. */
export function restingHardware(folder: string, nowMs: TimeMs): HardwareFailure[] {
  return readMemory(folder).failures.filter(({ untilMs }) => untilMs > nowMs);
}

function readMemory(folder: string): Memory {
  try {
    const {
      key = '',
      works = [],
      failures = [],
    } = JSON.parse(readFileSync(memoryPath(folder), 'utf8')) as Partial<Memory>;
    return { key, works, failures };
  } catch {
    // Not there yet, or not readable: it is found out anew.
    return { key: '', works: [], failures: [] };
  }
}

function writeMemory(folder: string, memory: Memory): void {
  try {
    const aside = `${memoryPath(folder)}.new`;
    writeFileSync(aside, `${JSON.stringify(memory, null, 2)}\n`);
    renameSync(aside, memoryPath(folder));
  } catch {
    // A full disk: it is found out anew at the next start.
  }
}

const memoryPath = (folder: string) => join(folder, 'hardware.json');
