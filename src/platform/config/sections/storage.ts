import { z } from 'zod';
import { EARLY, meta, SECRET, section } from '../key-meta.ts';

/** Where originals, segments and pictures are kept. */
export const storage = section('Where originals, segments and pictures are kept. See docs/storage.md.', {
  driver: z
    .enum(['fs', 's3'])
    .default('fs')
    .meta(meta('fs: in the data folder; s3: in a bucket of S3, or of a server that speaks it.', EARLY)),
  s3: section('The bucket, with driver: s3.', {
    endpoint: z
      .string()
      .refine(
        (text) => text === '' || /^https?:$/.test(URL.parse(text)?.protocol ?? ''),
        'must be a URL such as "https://s3.example"',
      )
      .default('')
      .meta(meta("The server's address, such as http://127.0.0.1:9000; empty: Amazon's, by the region.", EARLY)),
    region: z
      .string()
      .min(1)
      .default('us-east-1')
      .meta(meta('Its region; servers of your own mostly take any.', EARLY)),
    bucket: z.string().default('').meta(meta('The name of the bucket, which has to be there.', EARLY)),
    prefix: z
      .string()
      .regex(/^([A-Za-z0-9._-]+\/?)*$/, 'must be a folder such as "kinora" or "media/kinora"')
      .max(100)
      .default('')
      .meta(meta('A folder in the bucket for all of it, where the bucket is not for Kinora alone.', EARLY)),
    accessKeyId: z
      .string()
      .default('')
      .meta(
        meta('The id of the access key; empty: what the machine has (AWS_ACCESS_KEY_ID, a profile, a role).', EARLY),
      ),
    secretAccessKey: z.string().min(1).optional().meta(meta('The secret of the access key.', SECRET)),
    pathStyle: z
      .boolean()
      .default(true)
      .meta(
        meta("Whether the bucket is in the address's path, as most servers have it; false: in its host name.", EARLY),
      ),
  }),
});
