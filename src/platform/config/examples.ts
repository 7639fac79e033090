import { z } from 'zod';
import type { ConfigKey } from './keys.ts';

/** Values to show in the docs, by key, where neither the default nor another choice says enough. */
export const EXAMPLES: Record<string, unknown> = {
  'instance.name': 'Our films',
  'instance.accentColor': '#2a9d8f',
  'data.dir': '/srv/kinora',
  'http.host': '127.0.0.1',
  'http.port': 9000,
  'http.baseUrl': 'https://video.example',
  'http.trustedProxies': ['127.0.0.1'],
  'accounts.secret': 'at least 32 characters of your own choosing',
  libraries: [{ name: 'Films', kind: 'movies', folders: ['/srv/films'] }],
  'storage.s3.endpoint': 'https://s3.example',
  'storage.s3.region': 'eu-central-1',
  'storage.s3.bucket': 'our-films',
  'storage.s3.prefix': 'kinora',
  'storage.s3.accessKeyId': 'AKIAIOSFODNN7EXAMPLE',
  'storage.s3.secretAccessKey': 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  'encoding.device': '/dev/dri/renderD129',
  'jobs.redis': 'redis://:password@redis.lan:6379/0',
  'backup.schedule': '30 3 * * *',
  'backup.folder': '/mnt/backups',
  'mail.from': 'Our films <kinora@example.org>',
  'mail.smtp.host': 'smtp.example.org',
  'mail.smtp.port': 2525,
  'mail.smtp.user': 'kinora@example.org',
  'mail.smtp.password': 'the password of that account',
  'media.ffmpeg': '/opt/ffmpeg/bin/ffmpeg',
  'media.ffprobe': '/opt/ffmpeg/bin/ffprobe',
  'log.sentryDsn': 'https://publickey@errors.example/1',
  'metrics.networks': ['127.0.0.1', '10.8.0.0/24'],
  'metrics.token': 'sixteen characters or more',
};

/** What was written down as an example, else another choice than the default, else the default itself. */
export function exampleOf(key: ConfigKey): unknown {
  if (key.name in EXAMPLES) return EXAMPLES[key.name];
  const shape = shapeOf(key.schema);
  if (shape.type === 'boolean') return !key.default;
  return shape.enum?.find((choice) => choice !== key.default) ?? key.default;
}

/** What JSON Schema says of a value, as far as the docs do. */
export interface Shape {
  type?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Shape[];
  items?: Shape;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
}

export const shapeOf = (schema: z.ZodType) => z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Shape;
