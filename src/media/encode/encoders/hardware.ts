import type { EncoderSettings, RungOutput } from '../encode-options.ts';
import { capKbps } from './cap.ts';
import type { HardwareEncoder, HardwareFamily } from './hardware-kinds.ts';

/**
 * Encoders that are a piece of hardware. Decoding, deinterlacing, scaling and tone mapping stay in software: they have to be
 * right for every odd file, and what a device's filters do with one is different on each. Only finished pictures are sent
 * to the device.
 *
 * No B-frames anywhere: devices differ most in how they reorder, and what is gained is small beside what a wrong picture costs.
 */

/** What has to stand before the input for a device to be there. */
export function deviceArgs({ family, device }: Pick<HardwareEncoder, 'family' | 'device'>): string[] {
  if (family === 'vaapi')
    return ['-init_hw_device', `vaapi=hw${device ? `:${device}` : ''}`, '-filter_hw_device', 'hw'];
  if (family === 'qsv') return ['-init_hw_device', device ? `qsv=hw:hw_any,child_device=${device}` : 'qsv=hw'];
  return [];
}

/** The filters that end a picture's chain, in place of `format=yuv420p`: the pixel format the device takes, and the way there. */
export function uploadFilters({ family }: Pick<HardwareEncoder, 'family'>): string[] {
  if (family === 'vaapi') return ['format=nv12', 'hwupload'];
  return [family === 'qsv' || family === 'amf' ? 'format=nv12' : 'format=yuv420p'];
}

/** The part of a command line that names and tunes the encoder for one rung: capped, no key frame but the forced ones. */
export function hardwareArgs(own: HardwareEncoder, rung: RungOutput, { preset }: EncoderSettings): string[] {
  const cap = capKbps(rung);
  return [
    ...['-c:v', own.encoder],
    ...TUNING[own.family](own, preset),
    ...promised(own, rung),
    // Equal rates would mean a constant rate to Quick Sync and VAAPI.
    ...['-b:v', `${Math.min(rung.bitrateKbps, cap - 1)}k`, '-maxrate', `${cap}k`, '-bufsize', `${cap}k`],
    ...['-g', '9999', '-bf', '0'],
    ...(own.codec === 'hevc' ? ['-tag:v', 'hvc1'] : []),
  ];
}

/** The profile and level that the manifest promises. */
function promised({ family, codec }: HardwareEncoder, { level }: RungOutput): string[] {
  if (codec === 'av1') return [];
  const profile = ['-profile:v', codec === 'h264' ? 'high' : 'main'];
  if (level === null) return profile;
  // `level` is what the stream says: ten times the level for H.264, thirty times for HEVC.
  const tenfold = codec === 'h264' ? level : level / 3;
  const dotted = (tenfold / 10).toFixed(1);
  // V4L2 devices choose a level by themselves: what they wrote is mended.
  if (family === 'v4l2m2m') return codec === 'h264' ? [...profile, '-bsf:v', `h264_metadata=level=${dotted}`] : profile;
  if (family === 'videotoolbox' && codec === 'hevc') return profile;
  const named = { qsv: String(tenfold), vaapi: String(level) } as Partial<Record<HardwareFamily, string>>;
  return [...profile, '-level:v', named[family] ?? dotted];
}

type Tuning = (own: HardwareEncoder, preset: string) => string[];

const TUNING: Readonly<Record<HardwareFamily, Tuning>> = {
  // https://docs.nvidia.com/video-technologies/video-codec-sdk: a forced picture is an I-frame and no IDR unless told.
  nvenc: ({ device }, preset) => [
    ...['-preset', NVENC_PRESETS[preset] ?? 'p4', '-rc', 'vbr', '-forced-idr', '1', '-no-scenecut', '1'],
    ...(device ? ['-gpu', device] : []),
  ],
  qsv: ({ lowPower, codec }, preset) => [
    ...['-preset', QSV_PRESETS[preset] ?? 'medium', '-forced_idr', '1', '-adaptive_i', '0', '-adaptive_b', '0'],
    ...(codec === 'av1' ? [] : ['-idr_interval', '0']),
    ...(lowPower ? ['-low_power', '1'] : []),
  ],
  // A forced picture is always an IDR; the rate control that the driver has is found by ffmpeg.
  vaapi: ({ lowPower, codec }) => [
    ...(codec === 'av1' ? [] : ['-idr_interval', '0']),
    ...(lowPower ? ['-low_power', '1'] : []),
  ],
  videotoolbox: () => ['-allow_sw', '0', '-realtime', '0'],
  amf: ({ codec }) => [
    ...['-usage', 'transcoding', '-quality', 'balanced', '-rc', 'vbr_peak'],
    ...(codec === 'av1' ? [] : ['-forced_idr', '1']),
  ],
  v4l2m2m: () => ['-num_output_buffers', '16', '-num_capture_buffers', '16'],
};

const NVENC_PRESETS: Readonly<Record<string, string>> = {
  ultrafast: 'p1',
  superfast: 'p2',
  veryfast: 'p3',
  faster: 'p4',
  fast: 'p4',
  medium: 'p5',
  slow: 'p6',
  slower: 'p7',
};

/** Quick Sync has no presets beyond these. */
const QSV_PRESETS: Readonly<Record<string, string>> = {
  ultrafast: 'veryfast',
  superfast: 'veryfast',
  veryfast: 'veryfast',
  faster: 'faster',
  fast: 'fast',
  medium: 'medium',
  slow: 'slow',
  slower: 'slower',
};
