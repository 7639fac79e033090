import { z } from 'zod';
import { meta, SECRET, section } from '../key-meta.ts';

/** Help with background work. */
export const jobs = section('Help with background work. See docs/workers.md.', {
  redis: z
    .string()
    .refine(
      isRedisUrl,
      'must be the address of a Redis or Valkey, such as "redis://localhost:6379" or "rediss://user:password@host:6380/1"',
    )
    .default('')
    .meta(
      meta(
        'A Redis or Valkey by which `kinora worker` processes take over encoding, with its password: redis://:password@host:6379/0, by TLS rediss://. Empty: this server does it all.',
        SECRET,
      ),
    ),
});

function isRedisUrl(text: string): boolean {
  if (text === '') return true;
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, pathname } = new URL(text);
  return ['redis:', 'rediss:'].includes(protocol) && hostname !== '' && /^(\/\d*)?$/.test(pathname);
}
