import { z } from 'zod';
import { EARLY, LOCK_OUT, meta, NOW, section, whole } from '../key-meta.ts';
import { isNetwork } from '../network-notation.ts';

/** How it is reached. */
export const http = section('How it is reached.', {
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
      .meta(meta('The certificate with its chain, in PEM; read again when it changes.', { file: 'file', ...LOCK_OUT })),
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
});

function isBaseUrl(text: string): boolean {
  const url = URL.parse(text);
  return text === '' || (/^https?:$/.test(url?.protocol ?? '') && url?.search === '' && url.hash === '');
}

function hasFreePath(text: string): boolean {
  return !/^\/(api|media|ws|assets)(\/|$)/.test(URL.parse(text)?.pathname ?? '');
}
