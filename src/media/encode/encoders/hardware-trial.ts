import { deviceArgs, hardwareArgs, uploadFilters } from './hardware.ts';
import { HARDWARE_CODECS, HARDWARE_FAMILIES, type HardwareEncoder } from './hardware-kinds.ts';

/**
 * The trial of an encoder: it really encodes a second, and what it wrote is decoded and looked at. What it must show is what
 * segments need: a key frame where one was asked for, every frame, and the profile and level that a manifest would promise.
 */

const WIDTH = 640;
/** Not a multiple of 16, so that the device has to crop. */
const HEIGHT = 360;
const RATE = 30;
const FRAMES = 30;
const FORCED_FRAME = 17;
const LEVEL = 30;

/** Encodes a second of a moving test picture with a forced key frame in the middle, to a file. */
export function trialArgv(own: HardwareEncoder, path: string): string[] {
  const level = own.codec === 'h264' ? LEVEL : LEVEL * 3;
  const rung = { width: WIDTH, height: HEIGHT, level, bitrateKbps: 800, peakKbps: 1600 };
  const picture = `testsrc2=size=${WIDTH}x${HEIGHT}:rate=${RATE}`;
  return [
    ...['-hide_banner', '-nostdin', '-v', 'error', '-y', ...deviceArgs(own)],
    ...['-f', 'lavfi', '-i', picture, '-frames:v', String(FRAMES), '-vf', uploadFilters(own).join(',')],
    ...hardwareArgs(own, rung, { preset: 'veryfast', crf: 22 }),
    ...['-force_key_frames', (FORCED_FRAME / RATE - 0.001).toFixed(3), '-f', 'mp4', `file:${path}`],
  ];
}

/** ffprobe's arguments that decode a trial's file again, for `judgeTrial`. */
export function trialProbeArgv(path: string): string[] {
  const entries = 'frame=key_frame:stream=codec_name,profile,level,width,height';
  return [
    ...['-hide_banner', '-v', 'error', '-select_streams', 'v:0', '-show_frames', '-show_streams'],
    ...['-show_entries', entries, '-of', 'json', `file:${path}`],
  ];
}

/** What is wrong with a trial's outcome, to go after "works, but"; null where all is right. */
export function judgeTrial({ codec }: HardwareEncoder, printed: string): string | null {
  const { streams = [], frames = [] } = JSON.parse(printed) as {
    streams?: { codec_name?: string; profile?: string; level?: number; width?: number; height?: number }[];
    frames?: { key_frame?: number }[];
  };
  const [stream] = streams;
  if (!stream || frames.length === 0) return 'what it wrote cannot be decoded';
  if (stream.codec_name !== codec) return `it wrote ${stream.codec_name} instead of ${codec}`;
  if (stream.width !== WIDTH || stream.height !== HEIGHT) {
    return `a picture of ${WIDTH}x${HEIGHT} came back as ${stream.width}x${stream.height}`;
  }
  if (frames.length !== FRAMES) return `of ${FRAMES} frames ${frames.length} came back`;
  if (!frames[0]?.key_frame || !frames[FORCED_FRAME]?.key_frame)
    return 'it makes no key frames where they are asked for';
  if (codec === 'h264' && stream.profile !== 'High') return `it wrote profile ${stream.profile} instead of High`;
  if (codec === 'h264' && (stream.level ?? 99) > LEVEL) return `it wrote level ${stream.level} instead of ${LEVEL}`;
  return null;
}

/** The hardware encoders among what `ffmpeg -encoders` lists, by name. */
export function listedEncoders(printed: string): Set<string> {
  const names = HARDWARE_FAMILIES.flatMap((family) => HARDWARE_CODECS.map((codec) => `${codec}_${family}`));
  const listed = new Set([...printed.matchAll(/^ V\S{5} (\S+)/gm)].map((match) => match[1]!));
  return new Set(names.filter((name) => listed.has(name)));
}

/** Why something does not work, and what whoever runs this machine could do about it. */
export interface HardwareReason {
  reason: string;
  todo: string | null;
}

const CONTAINER_NVIDIA =
  'Install the NVIDIA driver. In a container, start it with "--gpus all" and NVIDIA_DRIVER_CAPABILITIES=video,compute,utility.';
const VA_DRIVER = 'Install the VA-API driver: intel-media-va-driver for Intel, mesa-va-drivers for AMD.';
/** Nothing is wrong: consumer cards allow a few encoders at a time. */
export const CARD_IS_BUSY = 'the card runs as many encoders as it can';
const NOT_THIS_CODEC = 'the device does not encode this codec';

/** ffmpeg's own words, and what they mean to people. The first that matches speaks. */
const WORDS: readonly (readonly [RegExp, (match: RegExpExecArray) => string, string | null])[] = [
  [/Unknown encoder/, () => 'this ffmpeg was built without it', 'Install an ffmpeg that has it, and set media.ffmpeg.'],
  [
    /Permission denied/,
    () => 'the device may not be opened by this user',
    'Add the user to the groups "render" and "video".',
  ],
  [/Cannot load (\S*cuda\S*)/, ([, name]) => `no NVIDIA driver: ${name} is missing`, CONTAINER_NVIDIA],
  [
    /Cannot load (\S*nv\S*enc\S*)/i,
    ([, name]) => `the NVIDIA driver lacks its encoder: ${name} is missing`,
    CONTAINER_NVIDIA,
  ],
  [
    /Required: (\S+) Found: (\S+)/,
    ([, wanted, found]) => `the NVIDIA driver is too old: this ffmpeg wants NVENC ${wanted}, it has ${found}`,
    'Update the NVIDIA driver.',
  ],
  [/No capable devices found|unsupported device/i, () => 'no card here encodes this codec', null],
  [/OpenEncodeSessionEx failed: out of memory/, () => CARD_IS_BUSY, null],
  [/no CUDA-capable device/i, () => 'the NVIDIA driver finds no card', CONTAINER_NVIDIA],
  [/No VA display found/, () => 'the device cannot be opened, or has no VA-API driver', VA_DRIVER],
  [/Failed to initiali[sz]e VAAPI/i, () => 'there is no VA-API driver for this device', VA_DRIVER],
  [/No usable encoding (entrypoint|profile)/, () => NOT_THIS_CODEC, null],
  [/Could not find a valid device/, () => 'no video device here encodes this codec', null],
  [
    /MFX session|Error initiali[sz]ing .*(?:MFX|session)|qsv=hw/,
    () => 'Quick Sync cannot be opened',
    "Install Intel's VPL runtime (libvpl2 with libmfx-gen1.2, or libmfx1) and intel-media-va-driver.",
  ],
  [
    /(\S*amfrt\S*) failed to open/i,
    ([, name]) => `AMD's AMF runtime ${name} is missing`,
    'Install the AMD driver with AMF.',
  ],
  [/cannot create compression session/i, () => 'VideoToolbox refuses to encode this', null],
];

/** Turns what ffmpeg printed into a reason. */
export function readReason(log: string): HardwareReason {
  for (const [pattern, say, todo] of WORDS) {
    const match = pattern.exec(log);
    if (match) return { reason: say(match), todo };
  }
  const line = log
    .trim()
    .split('\n')[0]
    ?.replace(/^\[[^\]]*\]\s*/, '');
  return { reason: line ? `ffmpeg says: ${line}` : 'ffmpeg ended without a word', todo: null };
}
