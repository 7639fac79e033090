import { isIP } from 'node:net';
import { Cron } from 'croner';
import { z } from 'zod';
import { HARDWARE_CHOICES } from '../../media/encode/encoders/hardware-kinds.ts';
import { parseDsn } from '../sentry-dsn.ts';

/** What `.meta()` may say about a key beside its description. */
export interface KeyMeta {
  /** Never shown; may also come from the file that `..._FILE` names. */
  secret?: boolean;
  /** A file or folder, relative to where it was written. `command`: a bare name is looked up in PATH instead. */
  file?: 'file' | 'folder' | 'command';
  /** May be changed in the browser. `now`: in force at once, for what begins from then on; `restart`: after the next start. */
  editable?: 'now' | 'restart';
  /** Why it may not be changed in the browser: a sentence for the admin. */
  fixed?: string;
}

const NOW: KeyMeta = { editable: 'now' };
const RESTART: KeyMeta = { editable: 'restart' };
const EARLY: KeyMeta = { fixed: 'It is needed before the database is open, where changes made here are kept.' };
const LOCK_OUT: KeyMeta = { fixed: 'A wrong value would lock everybody out of these pages.' };
const LIBRARIES: KeyMeta = { fixed: 'Libraries have a page of their own; this list is for what the file declares.' };
const SECRET: KeyMeta = { secret: true, fixed: 'Secrets are kept in the file or the environment alone.' };
const PROGRAM: KeyMeta = { fixed: 'What programs the server runs is decided by whoever runs the server.' };

const meta = (description: string, more: KeyMeta = {}) => ({ description, ...more });
const whole = (min: number, max: number) => z.number().int().min(min).max(max);
const on = (description: string, more?: KeyMeta) => z.boolean().default(true).meta(meta(description, more));

/** The loopback, and networks that are not routed over the internet (RFC 1918, RFC 4193, link-local). */
const LOCAL_NETWORKS = [
  ...['127.0.0.0/8', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16'],
  ...['::1', 'fc00::/7', 'fe80::/10'],
] as const;

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
    name: z.string().min(1).max(80).default('Kinora').meta(meta('Its name, in titles and mails.', NOW)),
    accentColor: z
      .string()
      .regex(/^#[0-9a-fA-F]{6}$/, 'must be a colour such as "#7c5cff"')
      .default('#7c5cff')
      .meta(meta('The one accent colour of the interface, as #rrggbb.', NOW)),
  }),
  data: section('Where everything is kept.', {
    dir: z
      .string()
      .min(1)
      .default('./data')
      .meta(meta('The data folder: database, uploads, segments. One Kinora per folder.', { file: 'folder', ...EARLY })),
  }),
  http: section('How it is reached.', {
    host: z.string().min(1).default('0.0.0.0').meta(meta('The address to listen on; 127.0.0.1 behind a proxy.', EARLY)),
    port: whole(0, 65535).default(8383).meta(meta('The port to listen on.', EARLY)),
    baseUrl: z
      .string()
      .refine(isBaseUrl, 'must be a URL such as "https://video.example"')
      .refine(hasFreePath, 'must not have a path that begins with /api, /media, /ws or /assets: those are taken')
      .default('')
      .meta(
        meta(
          'The address people use, such as https://video.example or https://example.org/films; empty: as asked for.',
          LOCK_OUT,
        ),
      ),
    trustedProxies: z
      .array(z.string().refine(isNetwork, 'must be an address such as "127.0.0.1" or a network such as "10.0.0.0/8"'))
      .default([])
      .meta(meta('Addresses or networks (10.0.0.0/8) of proxies whose X-Forwarded-* headers are believed.', NOW)),
    tls: section('HTTPS without a proxy: see docs/https.md.', {
      certificate: z
        .string()
        .min(1)
        .optional()
        .meta(
          meta('The certificate with its chain, in PEM; read again when it changes.', { file: 'file', ...LOCK_OUT }),
        ),
      key: z
        .string()
        .min(1)
        .optional()
        .meta(meta('Its private key, in PEM, without a passphrase.', { file: 'file', ...LOCK_OUT })),
    }),
    sendfile: z
      .enum(['off', 'x-accel-redirect', 'x-sendfile'])
      .default('off')
      .meta(
        meta(
          'Lets trusted proxies send stored segments and pictures themselves. off: Kinora does, about as fast; x-accel-redirect: nginx; x-sendfile: Apache and others. See docs/reverse-proxies.md.',
          LOCK_OUT,
        ),
      ),
    sendfileLocation: z
      .string()
      .regex(/^\/[A-Za-z0-9._/-]+$/, 'must be a path such as "/kinora-files/"')
      .default('/kinora-files/')
      .meta(meta("The internal location of the proxy (nginx) behind which the data folder's files are.", LOCK_OUT)),
  }),
  accounts: section('Who may have an account.', {
    registration: z
      .enum(['open', 'approval', 'invite', 'closed'])
      .default('closed')
      .meta(
        meta('open: anyone; approval: an admin says yes; invite: with a link; closed: an admin makes accounts.', NOW),
      ),
    sessionDays: whole(1, 3650).default(30).meta(meta('How long somebody stays signed in without coming back.', NOW)),
    membersMayUpload: on('Whether members may upload, or only admins and moderators.', NOW),
    secret: z
      .string()
      .min(32, 'must have at least 32 characters')
      .optional()
      .meta(meta('Signs links and tokens; unless given, one is made and kept in the data folder.', SECRET)),
  }),
  uploads: section('What people send.', {
    maxSizeGb: z.number().positive().default(50).meta(meta('The largest single file, in GB.', NOW)),
    expireDays: whole(1, 365)
      .default(7)
      .meta(meta('An upload that was not finished is deleted after so many days.', NOW)),
    defaultVisibility: visibility
      .default('private')
      .meta(meta('What a new upload starts as: public, unlisted, internal or private.', NOW)),
  }),
  libraries: z
    .array(library)
    .default([])
    .meta(meta('Folders that are shown as libraries, left untouched: a list of name, kind and folders.', LIBRARIES)),
  encoding: section('How videos are made playable everywhere.', {
    policy: section(
      'What is kept: eager makes every rendition beforehand, lazy makes segments when they are watched.',
      {
        uploads: policy.default('eager').meta(meta('For uploads.', NOW)),
        libraries: policy.default('lazy').meta(meta('For library files.', NOW)),
      },
    ),
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
        meta(
          "How good a rung may look: x264's quality factor, lower is better; others' are chosen to look alike.",
          NOW,
        ),
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
  }),
  cache: section('What can be made again.', {
    segmentsGb: z
      .number()
      .min(0)
      .default(20)
      .meta(meta('Disk for segments made on demand, in GB; least recently watched go first.', NOW)),
    keepFreeGb: z
      .union([z.literal('auto'), z.number().min(0)])
      .default('auto')
      .meta(meta('Work that fills the disk pauses when less is free, in GB; auto: 5 GB, or 5 % of a small disk.', NOW)),
  }),
  backup: section('Copies of what cannot be made again. See docs/backup.md.', {
    schedule: z
      .string()
      .refine(
        isSchedule,
        'must be off, or a time in the form of cron, such as "30 3 * * *" (half past three every night)',
      )
      .default('off')
      .meta(
        meta('off, @daily, @weekly, or a time in the form of cron: "30 3 * * *" is half past three every night.', NOW),
      ),
    folder: z
      .string()
      .default('')
      .meta(
        meta('Where they go, best on another disk; empty: the folder "backups" in the data folder.', {
          file: 'folder',
          fixed: 'Where the server writes files is decided by whoever runs the server.',
        }),
      ),
    keep: whole(1, 1000)
      .default(7)
      .meta(meta('How many are kept; older ones are deleted after a new one is whole.', NOW)),
    originals: z
      .boolean()
      .default(false)
      .meta(
        meta(
          'Whether uploaded originals are in them: without, they need little room, and originals a copy elsewhere.',
          NOW,
        ),
      ),
  }),
  media: section('The programs that do the work.', {
    ffmpeg: z
      .string()
      .default('')
      .meta(meta('Path of ffmpeg; empty looks it up.', { file: 'command', ...PROGRAM })),
    ffprobe: z
      .string()
      .default('')
      .meta(meta('Path of ffprobe; empty looks it up.', { file: 'command', ...PROGRAM })),
  }),
  log: section('What it says while it runs.', {
    level: z.enum(['debug', 'info', 'warn', 'error']).default('info').meta(meta('debug, info, warn or error.', NOW)),
    format: z
      .enum(['auto', 'pretty', 'json'])
      .default('auto')
      .meta(meta('auto: readable on a terminal, JSON otherwise.', EARLY)),
    keepLines: whole(0, 1_000_000)
      .default(20_000)
      .meta(meta('How many lines are kept for the page of logs; 0 keeps none.', NOW)),
    auditDays: whole(1, 3650).default(365).meta(meta('How many days the audit log keeps what admins did.', NOW)),
    sentryDsn: z
      .string()
      .refine((text) => text === '' || parseDsn(text) !== null, 'must be a DSN such as "https://key@errors.example/1"')
      .default('')
      .meta(
        meta(
          'Where errors are sent, in the protocol of Sentry (GlitchTip and others speak it). Empty: nowhere.',
          SECRET,
        ),
      ),
    sentryAddresses: z
      .boolean()
      .default(false)
      .meta(meta('Whether errors that are sent may hold IP and e-mail addresses; file names they may hold.', NOW)),
  }),
  metrics: section('Numbers for Prometheus.', {
    enabled: on('Whether /metrics answers.', NOW),
    networks: z
      .array(z.string().refine(isNetwork, 'must be an address such as "127.0.0.1" or a network such as "10.0.0.0/8"'))
      .default([...LOCAL_NETWORKS])
      .meta(
        meta(
          'Addresses and networks that may read them without a token; an empty list wants the token of everybody.',
          NOW,
        ),
      ),
    token: z
      .string()
      .min(16, 'must have at least 16 characters')
      .optional()
      .meta(meta('Whoever sends it (Authorization: Bearer ...) may read them from anywhere.', SECRET)),
  }),
});

/** The whole configuration, every default filled in. */
export type Config = z.infer<typeof ConfigSchema>;

function isSchedule(text: string): boolean {
  if (text === 'off') return true;
  try {
    return new Cron(text, { paused: true }).nextRun() !== null;
  } catch {
    return false;
  }
}

function isBaseUrl(text: string): boolean {
  const url = URL.parse(text);
  return text === '' || (/^https?:$/.test(url?.protocol ?? '') && url?.search === '' && url.hash === '');
}

function hasFreePath(text: string): boolean {
  return !/^\/(api|media|ws|assets)(\/|$)/.test(URL.parse(text)?.pathname ?? '');
}

/** An address, or a network with the length of its prefix (RFC 4632 section 3.1). */
function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const longest = isIP(address) === 6 ? 128 : 32;
  return (
    isIP(address) !== 0 && rest.length === 0 && (bits === undefined || (/^\d+$/.test(bits) && Number(bits) <= longest))
  );
}

/** For editors: the JSON Schema of the file. */
export function configJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(ConfigSchema, {
    io: 'input',
    override: ({ jsonSchema }) => {
      // Ours, not JSON Schema's.
      for (const own of ['secret', 'file', 'editable', 'fixed']) delete jsonSchema[own];
    },
  });
  return { ...schema, title: 'Kinora configuration' };
}
