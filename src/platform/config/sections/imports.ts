import { z } from 'zod';
import { type KeyMeta, meta, NOW, on, RESTART, section, whole } from '../key-meta.ts';
import { isNetwork } from '../network-notation.ts';

const INSIDE: KeyMeta = {
  fixed: 'What the server may reach in its own network is decided by whoever runs the server.',
};

/** What is fetched from elsewhere. */
export const imports = section('What is fetched from elsewhere.', {
  enabled: on('Whether whoever may upload may also paste a link for Kinora to fetch.', NOW),
  allowNetworks: z
    .array(z.string().refine(isNetwork, 'must be an address such as "192.168.1.5" or a network such as "10.0.0.0/8"'))
    .default([])
    .meta(
      meta(
        'Addresses or networks that are not public and may be fetched from all the same, such as a NAS (192.168.1.5).',
        INSIDE,
      ),
    ),
  concurrency: whole(1, 16).default(2).meta(meta('How many files are fetched at once.', RESTART)),
});
