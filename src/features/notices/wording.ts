import type { NoticeFacts, NoticeKind, NoticeState } from './api.ts';

export interface Wording {
  title: string;
  /** What is wrong, what follows from it, what to do. */
  text: string;
  /** The page where it is put right. */
  path: string;
}

type Words = (facts: NoticeFacts, state: NoticeState) => Wording;

const WORDS: Record<NoticeKind, Words> = {
  disk: ({ freeBytes, totalBytes }, state) => {
    const left = `${gigabytes(freeBytes)} of ${gigabytes(totalBytes)} are left.`;
    const path = '/admin';
    if (state === 'problem') {
      return {
        title: 'The disk is full',
        text: `${left} Uploads are refused and nothing more is stored. Free some space, or move to a larger disk.`,
        path,
      };
    }
    return {
      title: 'The disk is nearly full',
      text: `${left} Encoding ahead is paused until there is room. Free some space soon.`,
      path,
    };
  },
  backup: ({ reason, error, hours }) => {
    const path = '/admin/backups';
    if (reason === 'unreadable') {
      return {
        title: 'The folder of backups cannot be read',
        text: `It says: ${sentence(error)} Mount its disk, or correct backup.folder. Until then no backup is made.`,
        path,
      };
    }
    if (reason === 'failed') {
      return {
        title: 'The backup failed',
        text: `It was tried several times. The last said: ${sentence(error)} Kinora tries again at the next time of its schedule.`,
        path,
      };
    }
    const text =
      hours === undefined
        ? 'Backups are scheduled (backup.schedule), and none has been made yet. Look whether the server is off at that time, and at the jobs.'
        : `The newest is ${age(Number(hours))} old, though they are scheduled more often (backup.schedule). Look whether the server is off at that time, and at the jobs.`;
    return { title: 'There is no fresh backup', text, path };
  },
  library: ({ name, folders }) => ({
    title: `"${name}" is offline`,
    text: `Kinora cannot reach ${folders}. All that is known of its videos is kept, and they play again when the folder is back. Look at its disk, mount or share.`,
    path: '/admin/libraries',
  }),
  database: ({ error }) => ({
    title: 'The database is damaged',
    text: `Its check says: ${sentence(error)} Run "kinora doctor", and put back a backup (docs/backup.md). Until then, change as little as possible.`,
    path: '/admin/tasks',
  }),
  jobs: ({ name, count, error }) => ({
    title: `Jobs fail: ${name}`,
    text: `${count} have failed within a day. The last said: ${sentence(error)} The page of jobs has all of them, and starts them again.`,
    path: '/admin/jobs?state=failed',
  }),
  certificate: ({ names, day, days, file }, state) => ({
    title: state === 'problem' ? 'The certificate has expired' : 'The certificate expires soon',
    text:
      state === 'problem'
        ? `The one for ${names} was valid until ${day}: browsers refuse to connect. Renew it (${file}); Kinora takes the new one by itself.`
        : `The one for ${names} is valid until ${day}: ${days} days. Renew it (${file}); Kinora takes the new one by itself.`,
    path: '/admin/settings',
  }),
  mail: ({ error }) => ({
    title: 'Mail does not go out',
    text: `The last try said: ${sentence(error)} Run "kinora doctor", or send a test from the page of notices.`,
    path: '/admin/notices',
  }),
};

/** What is said of a condition, to a person. */
export function wordingOf(kind: NoticeKind, state: NoticeState, facts: NoticeFacts): Wording {
  return WORDS[kind](facts, state);
}

const age = (hours: number) => (hours < 48 ? `${hours} hours` : `${Math.floor(hours / 24)} days`);
const gigabytes = (bytes: string | number | undefined) => `${(Number(bytes) / 1e9).toFixed(1)} GB`;
const sentence = (text: string | number | undefined) => String(text ?? 'nothing').replace(/[.\s]*$/, '.');
