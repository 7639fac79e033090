import { z } from 'zod';
import { meta, NOW, on, SECRET, section, whole } from '../key-meta.ts';

const visibility = z.enum(['public', 'unlisted', 'internal', 'private']);

/** Who may have an account. */
export const accounts = section('Who may have an account.', {
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
});

/** What people send. */
export const uploads = section('What people send.', {
  maxSizeGb: z.number().positive().default(50).meta(meta('The largest single file, in GB.', NOW)),
  expireDays: whole(1, 365)
    .default(7)
    .meta(meta('An upload that was not finished is deleted after so many days.', NOW)),
  defaultVisibility: visibility
    .default('private')
    .meta(meta('What a new upload starts as: public, unlisted, internal or private.', NOW)),
});
