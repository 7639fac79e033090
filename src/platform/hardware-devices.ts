import { accessSync, constants, readdirSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import type { HardwareFamily } from '../media/encode/encoders/hardware-kinds.ts';
import type { HardwareReason } from '../media/encode/encoders/hardware-trial.ts';

/** The devices of this machine that could encode. */
export interface Device {
  /** `/dev/dri/renderD128` */
  path: string;
  kind: 'render' | 'nvidia' | 'video';
  /** Whether this process may open it. */
  mayOpen: boolean;
  /** PCI vendor of a graphics device: `0x8086` is Intel, `0x1002` AMD, `0x10de` NVIDIA. */
  vendor: string | null;
}

const INTEL = '0x8086';

/** Lists devices; none on systems that do not show them as files. `root` is `/` but in tests. */
export function listDevices(root = ''): Device[] {
  const found: Device[] = [];
  const add = (folder: string, pattern: RegExp, kind: Device['kind']) => {
    for (const name of namesIn(`${root}${folder}`)
      .filter((candidate) => pattern.test(candidate))
      .sort()) {
      const path = `${folder}/${name}`;
      found.push({
        path,
        kind,
        mayOpen: mayOpen(`${root}${path}`),
        vendor: kind === 'render' ? vendorOf(root, name) : null,
      });
    }
  };
  add('/dev/dri', /^renderD\d+$/, 'render');
  add('/dev', /^(nvidia\d+|nvidiactl|dxg)$/, 'nvidia');
  add('/dev', /^video\d+$/, 'video');
  return found;
}

/** What tells that these are still the same devices. */
export function deviceIds(devices: readonly Device[]): string {
  return devices.map(({ path, vendor, mayOpen: may }) => `${path}${vendor ?? ''}${may ? '' : '!'}`).join(' ');
}

/** Why a family cannot work here, told from the devices alone; null where a trial has to tell. */
export function missingDevice(
  family: HardwareFamily,
  devices: readonly Device[],
  wanted: string,
): HardwareReason | null {
  if (family === 'videotoolbox')
    return process.platform === 'darwin' ? null : { reason: 'only macOS has it', todo: null };
  // The drivers of these two bring their own libraries, and ffmpeg says best what is missing.
  if (process.platform !== 'linux' || family === 'nvenc' || family === 'amf') return null;
  const needed = devices.filter(({ kind }) => kind === (family === 'v4l2m2m' ? 'video' : 'render'));
  const folder = family === 'v4l2m2m' ? '/dev/video*' : '/dev/dri/renderD*';
  if (needed.length === 0) {
    const todo =
      family === 'v4l2m2m'
        ? null
        : 'If this machine has one: install its driver; in a container, pass "--device /dev/dri".';
    return { reason: `there is no device ${folder}`, todo };
  }
  const own = wanted ? needed.filter(({ path }) => path === wanted) : needed;
  if (own.length === 0)
    return { reason: `there is no device ${wanted}`, todo: 'Correct encoding.device, or leave it empty.' };
  if (own.every(({ mayOpen: may }) => !may)) {
    const group = family === 'v4l2m2m' ? 'video' : 'render';
    const todo = `Add the user ${userName()} to the group "${group}" and start Kinora again.`;
    return { reason: `${own[0]!.path} exists, but may not be opened`, todo };
  }
  if (family === 'qsv' && own.every(({ vendor }) => vendor !== null && vendor !== INTEL)) {
    return { reason: 'the graphics device is not from Intel', todo: null };
  }
  return null;
}

/** The devices a trial of this family should try, likeliest first; null lets ffmpeg choose. */
export function devicesFor(family: HardwareFamily, devices: readonly Device[], wanted: string): (string | null)[] {
  if (family === 'nvenc') return [/^\d+$/.test(wanted) ? wanted : null];
  if (family !== 'vaapi' && family !== 'qsv') return [null];
  if (wanted) return [wanted];
  const usable = devices.filter(({ kind, mayOpen: may }) => kind === 'render' && may);
  const fitting = usable.filter(({ vendor }) => family !== 'qsv' || vendor === null || vendor === INTEL);
  return fitting.length > 0 ? fitting.map(({ path }) => path) : [null];
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function mayOpen(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function vendorOf(root: string, name: string): string | null {
  try {
    return readFileSync(`${root}/sys/class/drm/${name}/device/vendor`, 'utf8').trim();
  } catch {
    return null;
  }
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run as a number that has no name.
    return String(process.getuid?.() ?? 'that runs Kinora');
  }
}
