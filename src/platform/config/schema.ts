import { z } from 'zod';
import { HARDWARE_CHOICES } from '../../media/encode/encoders/hardware-kinds.ts';

/** What `.meta()` may say about a key beside its description. */
export interface KeyMeta {
  /** Never shown; may also come from the file that `..._FILE` names. */
  secret?: boolean;
  /** A file or folder, relative to where it was written. `command`: a bare name is looked up in PATH instead. */
  file?: 'folder' | 'command';
}

const meta = (description: string, more: KeyMeta = {}) => ({ description, ...more });
const whole = (min: number, max: number) => z.number().int().min(min).max(max);
const on = (description: string) => z.boolean().default(true).meta(meta(description));

const visibility = z.enum(['public', 'unlisted', 'internal', 'private']);
const policy = z.enum(['eager', 'lazy']);

/** One watched library, as the `libraries` list of the file has it. */
const library = z.strictObject({
  name: z.string().min(1).max(100).meta(meta('What people see.')),
  kind: z.enum(['home', 'movies', 'shows']).meta(meta('What is in it: home (anything), movies or shows.')),
  folders: z
    .array(z.string().min(1))
    .min(1)
    .meta(meta('Where its files are.', { file: 'folder' })),
});

/** A section of the file: any key may be left out, an unknown one is an error. */
function section<T extends z.ZodRawShape>(description: string, shape: T) {
  // Every key has a default or is optional, which the type of a generic shape cannot say.
  return z
    .strictObject(shape)
    .prefault({} as never)
    .meta(meta(description));
}

/** Every setting there is, with its default and its meaning: the one source of config/default.yaml and the docs. */
export const ConfigSchema = z.strictObject({
  instance: section('How this instance presents itself.', {
    name: z.string().min(1).max(80).default('Kinora').meta(meta('Its name, in titles and mails.')),
    accentColor: z
      .string()
      .regex(/^#[0-9a-fA-F]{6}$/, 'must be a colour such as "#7c5cff"')
      .default('#7c5cff')
      .meta(meta('The one accent colour of the interface, as #rrggbb.')),
  }),
  data: section('Where everything is kept.', {
    dir: z
      .string()
      .min(1)
      .default('./data')
      .meta(meta('The data folder: database, uploads, segments. One Kinora per folder.', { file: 'folder' })),
  }),
  http: section('How it is reached.', {
    host: z.string().min(1).default('0.0.0.0').meta(meta('The address to listen on; 127.0.0.1 behind a proxy.')),
    port: whole(0, 65535).default(8383).meta(meta('The port to listen on.')),
    baseUrl: z
      .string()
      .refine(isBaseUrl, 'must be a URL such as "https://video.example"')
      .default('')
      .meta(meta('The address people use, such as https://video.example; empty takes it from each request.')),
    trustedProxies: z
      .array(z.string().min(1))
      .default([])
      .meta(meta('Addresses or networks (10.0.0.0/8) of proxies whose X-Forwarded-* headers are believed.')),
    sendfile: z
      .enum(['off', 'x-accel-redirect', 'x-sendfile'])
      .default('off')
      .meta(
        meta(
          'Lets trusted proxies send stored segments and pictures themselves. off: Kinora does, about as fast; x-accel-redirect: nginx; x-sendfile: Apache and others. See docs/reverse-proxies.md.',
        ),
      ),
    sendfileLocation: z
      .string()
      .regex(/^\/[A-Za-z0-9._/-]+$/, 'must be a path such as "/kinora-files/"')
      .default('/kinora-files/')
      .meta(meta("The internal location of the proxy (nginx) behind which the data folder's files are.")),
  }),
  accounts: section('Who may have an account.', {
    registration: z
      .enum(['open', 'approval', 'invite', 'closed'])
      .default('closed')
      .meta(meta('open: anyone; approval: an admin says yes; invite: with a link; closed: an admin makes accounts.')),
    sessionDays: whole(1, 3650).default(30).meta(meta('How long somebody stays signed in without coming back.')),
    membersMayUpload: on('Whether members may upload, or only admins and moderators.'),
    secret: z
      .string()
      .min(32, 'must have at least 32 characters')
      .optional()
      .meta(meta('Signs links and tokens; unless given, one is made and kept in the data folder.', { secret: true })),
  }),
  uploads: section('What people send.', {
    maxSizeGb: z.number().positive().default(50).meta(meta('The largest single file, in GB.')),
    expireDays: whole(1, 365).default(7).meta(meta('An upload that was not finished is deleted after so many days.')),
    defaultVisibility: visibility
      .default('private')
      .meta(meta('What a new upload starts as: public, unlisted, internal or private.')),
  }),
  libraries: z
    .array(library)
    .default([])
    .meta(meta('Folders that are shown as libraries, left untouched: a list of name, kind and folders.')),
  encoding: section('How videos are made playable everywhere.', {
    policy: section(
      'What is kept: eager makes every rendition beforehand, lazy makes segments when they are watched.',
      {
        uploads: policy.default('eager').meta(meta('For uploads.')),
        libraries: policy.default('lazy').meta(meta('For library files.')),
      },
    ),
    codecs: z
      .array(z.enum(['h264', 'hevc', 'av1', 'vp9']))
      .min(1)
      .default(['h264'])
      .meta(
        meta(
          'What pictures are encoded to: h264, hevc, av1, vp9. Each is a ladder of its own, with its own time and disk. Every player plays h264: without it, those that know none of the others have no picture.',
        ),
      ),
    heights: z
      .array(whole(144, 4320))
      .min(1)
      .default([2160, 1440, 1080, 720, 480, 360, 240])
      .meta(meta('The rungs of the ladder, in lines; those above the source are left out.')),
    preset: z
      .enum(['ultrafast', 'superfast', 'veryfast', 'faster', 'fast', 'medium', 'slow', 'slower'])
      .default('veryfast')
      .meta(meta("x264's preset, others' likewise: slower makes smaller files and costs more time.")),
    crf: whole(12, 36)
      .default(22)
      .meta(
        meta("How good a rung may look: x264's quality factor, lower is better; others' are chosen to look alike."),
      ),
    bitrateFactor: z
      .number()
      .min(0.25)
      .max(4)
      .default(1)
      .meta(meta('Multiplies the most a rung may take: 1.5 looks better where much moves, 0.7 is smaller.')),
    audioCodec: z
      .enum(['aac', 'opus'])
      .default('aac')
      .meta(meta('What sound is encoded to: aac plays everywhere, opus sounds better at low rates.')),
    audioKbps: whole(32, 512).default(128).meta(meta('The bit rate of encoded stereo sound.')),
    concurrency: whole(0, 64).default(1).meta(meta('How many videos are encoded beforehand at once.')),
    sessions: z
      .union([z.literal('auto'), whole(1, 64)])
      .default('auto')
      .meta(meta('How many encoders work at once, for players first; auto: by cores and memory.')),
    hardware: z
      .enum(HARDWARE_CHOICES)
      .default('auto')
      .meta(
        meta('auto: a device that encodes, if one does; off: software; or the one of a kind: nvenc, qsv, vaapi ...'),
      ),
    device: z
      .string()
      .default('')
      .meta(meta('Which device: /dev/dri/renderD129, or the number of an NVIDIA card; empty chooses.')),
    aheadSegments: whole(1, 100).default(6).meta(meta('How many segments an encoder runs ahead of its player.')),
  }),
  cache: section('What can be made again.', {
    segmentsGb: z
      .number()
      .min(0)
      .default(20)
      .meta(meta('Disk for segments made on demand, in GB; least recently watched go first.')),
    keepFreeGb: z
      .union([z.literal('auto'), z.number().min(0)])
      .default('auto')
      .meta(meta('Work that fills the disk pauses when less is free, in GB; auto: 5 GB, or 5 % of a small disk.')),
  }),
  media: section('The programs that do the work.', {
    ffmpeg: z
      .string()
      .default('')
      .meta(meta('Path of ffmpeg; empty looks it up.', { file: 'command' })),
    ffprobe: z
      .string()
      .default('')
      .meta(meta('Path of ffprobe; empty looks it up.', { file: 'command' })),
  }),
  log: section('What it says while it runs.', {
    level: z.enum(['debug', 'info', 'warn', 'error']).default('info').meta(meta('debug, info, warn or error.')),
    format: z
      .enum(['auto', 'pretty', 'json'])
      .default('auto')
      .meta(meta('auto: readable on a terminal, JSON otherwise.')),
  }),
  metrics: section('Numbers for Prometheus.', { enabled: on('Whether /metrics answers.') }),
});

/** The whole configuration, every default filled in. */
export type Config = z.infer<typeof ConfigSchema>;

function isBaseUrl(text: string): boolean {
  return text === '' || /^https?:$/.test(URL.parse(text)?.protocol ?? '');
}

/** For editors: the JSON Schema of the file. */
export function configJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(ConfigSchema, {
    io: 'input',
    override: ({ jsonSchema }) => {
      // Ours, not JSON Schema's.
      delete jsonSchema['secret'];
      delete jsonSchema['file'];
    },
  });
  return { ...schema, title: 'Kinora configuration' };
}
