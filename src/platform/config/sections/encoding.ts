import { z } from 'zod';
import { HARDWARE_CHOICES } from '../../../media/encode/encoders/hardware-kinds.ts';
import { type KeyMeta, meta, NOW, RESTART, section, whole } from '../key-meta.ts';

const PROGRAM: KeyMeta = { fixed: 'What programs the server runs is decided by whoever runs the server.' };
const policy = z.enum(['eager', 'lazy']);

/** How videos are made playable everywhere. */
export const encoding = section('How videos are made playable everywhere.', {
  policy: section('What is kept: eager makes every rendition beforehand, lazy makes segments when they are watched.', {
    uploads: policy.default('eager').meta(meta('For uploads.', NOW)),
    libraries: policy.default('lazy').meta(meta('For library files.', NOW)),
  }),
  codecs: z
    .array(z.enum(['h264', 'hevc', 'av1', 'vp9']))
    .min(1)
    .default(['h264'])
    .meta(
      meta(
        'What pictures are encoded to: h264, hevc, av1, vp9. Each is a ladder of its own, with its own time and disk. Every player plays h264: without it, those that know none of the others have no picture.',
        NOW,
      ),
    ),
  heights: z
    .array(whole(144, 4320))
    .min(1)
    .default([2160, 1440, 1080, 720, 480, 360, 240])
    .meta(meta('The rungs of the ladder, in lines; those above the source are left out.', NOW)),
  preset: z
    .enum(['ultrafast', 'superfast', 'veryfast', 'faster', 'fast', 'medium', 'slow', 'slower'])
    .default('veryfast')
    .meta(meta("x264's preset, others' likewise: slower makes smaller files and costs more time.", NOW)),
  crf: whole(12, 36)
    .default(22)
    .meta(
      meta("How good a rung may look: x264's quality factor, lower is better; others' are chosen to look alike.", NOW),
    ),
  bitrateFactor: z
    .number()
    .min(0.25)
    .max(4)
    .default(1)
    .meta(meta('Multiplies the most a rung may take: 1.5 looks better where much moves, 0.7 is smaller.', NOW)),
  audioCodec: z
    .enum(['aac', 'opus'])
    .default('aac')
    .meta(meta('What sound is encoded to: aac plays everywhere, opus sounds better at low rates.', NOW)),
  audioKbps: whole(32, 512).default(128).meta(meta('The bit rate of encoded stereo sound.', NOW)),
  concurrency: whole(0, 64).default(1).meta(meta('How many videos are encoded beforehand at once.', RESTART)),
  sessions: z
    .union([z.literal('auto'), whole(1, 64)])
    .default('auto')
    .meta(meta('How many encoders work at once, for players first; auto: by cores and memory.', RESTART)),
  hardware: z
    .enum(HARDWARE_CHOICES)
    .default('auto')
    .meta(
      meta(
        'auto: a device that encodes, if one does; off: software; or the one of a kind: nvenc, qsv, vaapi ...',
        RESTART,
      ),
    ),
  device: z
    .string()
    .default('')
    .meta(meta('Which device: /dev/dri/renderD129, or the number of an NVIDIA card; empty chooses.', RESTART)),
  aheadSegments: whole(1, 100).default(6).meta(meta('How many segments an encoder runs ahead of its player.', NOW)),
});

/** What can be made again. */
export const cache = section('What can be made again.', {
  segmentsGb: z
    .number()
    .min(0)
    .default(20)
    .meta(meta('Disk for segments made on demand, in GB; least recently watched go first.', NOW)),
  keepFreeGb: z
    .union([z.literal('auto'), z.number().min(0)])
    .default('auto')
    .meta(meta('Work that fills the disk pauses when less is free, in GB; auto: 5 GB, or 5 % of a small disk.', NOW)),
});

/** The programs that do the work. */
export const media = section('The programs that do the work.', {
  ffmpeg: z
    .string()
    .default('')
    .meta(meta('Path of ffmpeg; empty looks it up.', { file: 'command', ...PROGRAM })),
  ffprobe: z
    .string()
    .default('')
    .meta(meta('Path of ffprobe; empty looks it up.', { file: 'command', ...PROGRAM })),
});
