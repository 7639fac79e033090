import { z } from 'zod';
import { parseDsn } from '../../sentry-dsn.ts';
import { EARLY, meta, NOW, on, SECRET, section, whole } from '../key-meta.ts';
import { isNetwork } from '../network-notation.ts';

/** The loopback, and networks that are not routed over the internet (RFC 1918, RFC 4193, link-local). */
const LOCAL_NETWORKS = [
  ...['127.0.0.0/8', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16'],
  ...['::1', 'fc00::/7', 'fe80::/10'],
] as const;

/** What it says while it runs. */
export const log = section('What it says while it runs.', {
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
      meta('Where errors are sent, in the protocol of Sentry (GlitchTip and others speak it). Empty: nowhere.', SECRET),
    ),
  sentryAddresses: z
    .boolean()
    .default(false)
    .meta(meta('Whether errors that are sent may hold IP and e-mail addresses; file names they may hold.', NOW)),
});

/** Numbers for Prometheus. */
export const metrics = section('Numbers for Prometheus.', {
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
});
