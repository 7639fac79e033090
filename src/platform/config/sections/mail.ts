import { z } from 'zod';
import { type KeyMeta, meta, NOW, SECRET, section, whole } from '../key-meta.ts';

// Who may change where the password goes could have it sent to a machine of their own.
const SERVER: KeyMeta = { fixed: 'Name and password are sent there, so whoever runs the server decides.' };

/** Whatever is written before the address: `Kinora <kinora@example.org>`, or the address alone. */
const SENDER = /^(?:[^<>\r\n]+ )?<[^<>@\s]+@[^<>@\s]+>$|^[^<>@\s]+@[^<>@\s]+$/;

/** How mail leaves. */
export const mail = section('How mail leaves: see docs/mail.md.', {
  from: z
    .string()
    .refine(
      (text) => text === '' || SENDER.test(text),
      'must be an address such as "kinora@example.org" or "Our films <kinora@example.org>"',
    )
    .default('')
    .meta(meta('The address mails come from, with or without a name; empty: mail.smtp.user where that is one.', NOW)),
  smtp: section('The server that takes mails and delivers them.', {
    host: z.string().default('').meta(meta('Its name, such as smtp.example.org; empty: no mail is sent.', SERVER)),
    port: z
      .union([z.literal('auto'), whole(1, 65535)])
      .default('auto')
      .meta(meta('Its port; auto: 587 with starttls, 465 with tls, 25 with none.', SERVER)),
    security: z
      .enum(['starttls', 'tls', 'none'])
      .default('starttls')
      .meta(
        meta(
          'starttls: encrypted after the first words, or not at all; tls: from the first byte; none: in the open, for a server on this machine.',
          SERVER,
        ),
      ),
    user: z.string().default('').meta(meta('The name to sign in with; empty: without signing in.', SERVER)),
    password: z.string().min(1).optional().meta(meta('Its password, best one for Kinora alone.', SECRET)),
  }),
});
