/** In the order in which `auto` tries them: those that do the most at once first. */
export const HARDWARE_FAMILIES = ['nvenc', 'qsv', 'vaapi', 'videotoolbox', 'amf', 'v4l2m2m'] as const;
export type HardwareFamily = (typeof HARDWARE_FAMILIES)[number];

/** What `encoding.hardware` may say. */
export const HARDWARE_CHOICES = ['auto', 'off', ...HARDWARE_FAMILIES] as const;

/** Codecs of rungs that devices make. VP9 is left to software: few devices write it, and those not well. */
export const HARDWARE_CODECS = ['h264', 'hevc', 'av1'] as const;
export type HardwareCodec = (typeof HARDWARE_CODECS)[number];

/** One encoder on one device. */
export interface HardwareEncoder {
  family: HardwareFamily;
  /** ffmpeg's name of it: `h264_vaapi`. */
  encoder: string;
  codec: HardwareCodec;
  /** A render node for VAAPI and Quick Sync, a number for NVENC; null lets ffmpeg choose. */
  device: string | null;
  /** Intel's fixed-function encoder, the only one on some of their devices. */
  lowPower: boolean;
}
